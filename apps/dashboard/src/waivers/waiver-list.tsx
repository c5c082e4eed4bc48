import { Button } from '@mantine/core';
import { Link } from 'react-router';
import type { WaiverAnswer } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Filters, OneOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { ApplicationLink, RepositoryLink, WaiverLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { Due, StateTag, When } from '../ui/tags.tsx';
import { askedBy, coveredBy, standingOf } from './waiver-words.ts';

const columns: readonly Column<WaiverAnswer>[] = [
  { head: 'Exception', cell: (waiver) => <WaiverLink id={waiver.id}>{waiver.label}</WaiverLink> },
  { head: 'State', cell: (waiver) => <StateTag state={standingOf(waiver)} /> },
  { head: 'Covers', wide: true, cell: coveredBy },
  {
    head: 'Where',
    cell: ({ scope }) =>
      scope.repository ? <RepositoryLink repository={scope.repository} /> : <WholeApplication name={scope.application} />,
  },
  { head: 'Why', wide: true, cell: (waiver) => waiver.reason },
  { head: 'Until', cell: (waiver) => (waiver.state === 'ended' ? waiver.until.slice(0, 10) : <Due time={waiver.until} />) },
  { head: 'Asked by', cell: askedBy },
  { head: 'Asked', cell: (waiver) => <When time={waiver.requestedAt} /> },
];

const filterNames = ['state', 'application', 'repository', 'finding', 'cve', 'decision', 'premise', 'origin'] as const;

/** Accepted risks and requests for them, the newest first. */
export function WaiverList() {
  const filters = useFilters();
  const may = useMay('waivers:write');
  const query = Object.fromEntries(filterNames.map((name) => [name, filters.params.get(name) ?? '']));
  const list = useList<WaiverAnswer>(withQuery('waivers', query), 10_000);
  return (
    <>
      <PageHead
        title="Exceptions"
        actions={
          may && (
            <Button component={Link} to="/waivers/new">
              Ask for one…
            </Button>
          )
        }
      >
        Accepted risks (also called waivers, risk acceptances, suppressions or ignores): each with a reason, an end, and the approval of
        somebody who had no part in it.
      </PageHead>
      <Filters filters={filters}>
        <OneOf filters={filters} label="State" name="state" words={['requested', 'granted', 'ended']} />
        <OneOf filters={filters} label="Asked by" name="origin" words={['person', 'repository']} />
        <TextFilter filters={filters} label="Application" name="application" />
        <TextFilter filters={filters} label="Repository" name="repository" />
        <TextFilter filters={filters} label="CVE" name="cve" />
        <TextFilter filters={filters} label="Leans on" name="premise" />
      </Filters>
      <Listing
        list={list}
        what="exceptions"
        columns={columns}
        keyOf={({ id }) => id}
        empty="Nobody has asked for an exception that matches."
      />
    </>
  );
}

function WholeApplication({ name }: { readonly name: string }) {
  return name === '*' ? <strong>every application</strong> : <ApplicationLink name={name} />;
}
