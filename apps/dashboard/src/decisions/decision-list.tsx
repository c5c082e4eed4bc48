import type { DecisionSummary } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Filters, OneOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { ApplicationLink, branchOf, CommitLink, DecisionLink, RepositoryLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { ResultTag, When } from '../ui/tags.tsx';

export const decisionColumns: readonly Column<DecisionSummary>[] = [
  { head: 'Decision', cell: (decision) => <DecisionLink id={decision.id}>{decision.gate} gate</DecisionLink> },
  { head: 'Result', cell: (decision) => <ResultTag result={decision.result} /> },
  { head: 'Why', wide: true, cell: (decision) => decision.reasons[0]?.message ?? decision.missing[0] ?? 'No policy objects' },
  {
    head: 'Commit',
    cell: (decision) => (
      <>
        <CommitLink commit={decision.subject.commit} />
        <div className="soft small">
          {decision.subject.pullRequest ? `#${decision.subject.pullRequest}` : branchOf(decision.subject.ref)}
        </div>
      </>
    ),
  },
  { head: 'Repository', cell: (decision) => <RepositoryLink repository={decision.subject.repository} /> },
  { head: 'Application', cell: (decision) => <ApplicationLink name={decision.application} /> },
  { head: 'When', cell: (decision) => <When time={decision.decidedAt} /> },
];

const filterNames = ['result', 'gate', 'repository', 'application', 'commit'] as const;

/** What the gates said, the latest first. */
export function DecisionList() {
  const filters = useFilters();
  const query = Object.fromEntries(filterNames.map((name) => [name, filters.params.get(name) ?? '']));
  const list = useList<DecisionSummary>(withQuery('decisions', query), 10_000);
  return (
    <>
      <PageHead title="Decisions">
        What each gate said about a commit, with the input it was judged by. What is unknown is never a pass.
      </PageHead>
      <Filters filters={filters}>
        <OneOf filters={filters} label="Result" name="result" words={['pass', 'warn', 'deny', 'undecided']} />
        <OneOf filters={filters} label="Gate" name="gate" words={['change', 'build', 'registry', 'deploy', 'runtime']} />
        <TextFilter filters={filters} label="Application" name="application" />
        <TextFilter filters={filters} label="Repository" name="repository" />
      </Filters>
      <Listing
        list={list}
        what="decisions"
        columns={decisionColumns}
        keyOf={(decision) => decision.id}
        empty="No gate has judged anything that matches."
      />
    </>
  );
}
