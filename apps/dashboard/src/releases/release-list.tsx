import { Button } from '@mantine/core';
import { Link } from 'react-router';
import type { CheckReleaseAnswer } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Filters, OneOf, useFilters } from '../ui/filters.tsx';
import { RepositoryLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { Tag, utc, When } from '../ui/tags.tsx';
import { cameOf, reachOf, standingOf } from './release-words.ts';

/** What is told of a release wherever several stand. */
export const releaseColumns: readonly Column<CheckReleaseAnswer>[] = [
  { head: 'Release', cell: ({ id, label }) => <Link to={`/check-releases/${id}`}>{label}</Link> },
  { head: 'State', cell: (release) => <ReleaseTag release={release} /> },
  {
    head: 'Lets pass',
    cell: (release) => (release.repository === undefined ? reachOf(release) : <RepositoryLink repository={release.repository} />),
  },
  { head: 'Why', wide: true, cell: ({ reason }) => reason },
  {
    head: 'Asked by',
    cell: ({ requestedBy, requestedAt }) => (
      <>
        {requestedBy}, <When time={requestedAt} />
      </>
    ),
  },
  { head: 'Confirmed by', cell: ({ confirmedBy }) => confirmedBy },
  { head: 'Until', cell: ({ until }) => until && utc(until) },
  { head: 'What came of it', wide: true, cell: (release) => release.confirmedAt !== undefined && cameOf(release) },
];

/** Releases of checks and requests for them, the newest first. */
export function ReleaseList() {
  const filters = useFilters();
  const may = useMay('waivers:write');
  const list = useList<CheckReleaseAnswer>(withQuery('check-releases', { state: filters.params.get('state') ?? '' }), 10_000);
  return (
    <>
      <PageHead
        title="Check releases"
        above={{ to: '/system', label: 'System' }}
        actions={
          may && (
            <Button component={Link} to="/check-releases/new">
              Ask for one…
            </Button>
          )
        }
      >
        While nothing can be judged, two persons can let checks pass unjudged for a while. What is blocked stays blocked, and every check is
        judged as soon as that is possible.
      </PageHead>
      <Filters filters={filters}>
        <OneOf filters={filters} label="State" name="state" words={['requested', 'open', 'ended']} />
      </Filters>
      <Listing
        list={list}
        what="check releases"
        columns={releaseColumns}
        keyOf={({ id }) => id}
        empty={
          filters.params.size > 0
            ? 'No release stands like this.'
            : 'None: nobody has asked to let checks pass unjudged. Where the platform or its scanners are away and a merge cannot wait, ask for one.'
        }
      />
    </>
  );
}

export function ReleaseTag({ release }: { readonly release: CheckReleaseAnswer }) {
  const { word, tone } = standingOf(release, Date.now());
  return <Tag tone={tone}>{word}</Tag>;
}
