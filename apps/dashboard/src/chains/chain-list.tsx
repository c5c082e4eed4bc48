import type { ChainSummary } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Filters, OneOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { ApplicationLink, branchOf, ChainLink, Mono, RepositoryLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { ResultTag, When } from '../ui/tags.tsx';
import { DemoBanner } from './demo-banner.tsx';

const columns: readonly Column<ChainSummary>[] = [
  {
    head: 'Commit',
    wide: true,
    cell: (chain) => (
      <ChainLink id={chain.id}>
        <Mono>{chain.commit.slice(0, 10)}</Mono> {chain.title}
      </ChainLink>
    ),
  },
  { head: 'Change gate', cell: (chain) => <ResultTag result={chain.status} /> },
  {
    head: 'Repository',
    cell: (chain) => (
      <>
        <RepositoryLink repository={chain.repository} />
        <div className="soft small">{branchOf(chain.ref)}</div>
      </>
    ),
  },
  { head: 'Application', cell: (chain) => <ApplicationLink name={chain.application} /> },
  { head: 'When', cell: (chain) => <When time={chain.time} /> },
];

/** The newest chains: one line per commit that something happened to. */
export function ChainList() {
  const filters = useFilters();
  const query = Object.fromEntries(['status', 'repository', 'application'].map((name) => [name, filters.params.get(name) ?? '']));
  const list = useList<ChainSummary>(withQuery('chains', query), 5_000);
  return (
    <>
      <PageHead title="Chains">Each chain starts at a commit and holds everything that followed from it.</PageHead>
      <DemoBanner />
      <Filters filters={filters}>
        <OneOf filters={filters} label="Change gate" name="status" words={['pass', 'warn', 'deny', 'undecided', 'pending']} />
        <TextFilter filters={filters} label="Repository" name="repository" />
        <TextFilter filters={filters} label="Application" name="application" />
      </Filters>
      <Listing
        list={list}
        what="chains"
        columns={columns}
        keyOf={(chain) => chain.id}
        empty="Nothing was pushed yet. Connect a source, or scan a folder with: npx throughline scan ."
      />
    </>
  );
}
