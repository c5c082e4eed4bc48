import type { Remediation } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Filters, OneOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { ApplicationLink, branchOf, CommitLink, FixLink, RepositoryLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';
import { ActionSwitchNotice } from './action-switch.tsx';
import { AppliedTags } from './applied-fix.tsx';

const columns: readonly Column<Remediation>[] = [
  {
    head: 'Fix',
    wide: true,
    cell: (fix) => (
      <>
        <FixLink id={fix.id}>{fix.summary}</FixLink>
        <div className="soft small">{fix.reason ?? fix.files.map((file) => file.path).join(', ')}</div>
      </>
    ),
  },
  {
    head: 'State',
    cell: (fix) => (
      <>
        <StateTag state={fix.state} /> {fix.fix && <AppliedTags fix={fix.fix} />}
      </>
    ),
  },
  { head: 'Closes', cell: (fix) => fix.findings.length },
  {
    head: 'Repository',
    cell: (fix) => (
      <>
        <RepositoryLink repository={fix.repository} />
        <div className="soft small">{branchOf(fix.line)}</div>
      </>
    ),
  },
  { head: 'Commit', cell: (fix) => <CommitLink commit={fix.commit} /> },
  { head: 'Application', cell: (fix) => <ApplicationLink name={fix.application} /> },
  { head: 'Changed', cell: (fix) => <When time={fix.updatedAt} /> },
];

/** Fixes that were worked out, one per package however many findings it closes. */
export function FixList() {
  const filters = useFilters();
  const query = Object.fromEntries(
    ['state', 'application', 'repository', 'commit', 'finding'].map((name) => [name, filters.params.get(name) ?? '']),
  );
  const list = useList<Remediation>(withQuery('remediations', query), 10_000);
  return (
    <>
      <PageHead title="Fixes">
        Exact edits, one per package however many findings it closes. Nothing is pushed to a repository before somebody approves it.
      </PageHead>
      <ActionSwitchNotice />
      <Filters filters={filters}>
        <OneOf
          filters={filters}
          label="State"
          name="state"
          words={['preparing', 'proposed', 'waiting', 'impossible', 'rejected', 'gone']}
        />
        <TextFilter filters={filters} label="Application" name="application" />
        <TextFilter filters={filters} label="Repository" name="repository" />
      </Filters>
      <Listing
        list={list}
        what="fixes"
        columns={columns}
        keyOf={(fix) => fix.id}
        empty="No fix matches. One is proposed where a vulnerability has a fixed version and its manifest can be edited exactly."
      />
    </>
  );
}
