import type { WatchedRepository } from '@throughline/contracts';
import { Link } from 'react-router';
import { withQuery } from '../api.ts';
import { Filters, TextFilter, useFilters } from '../ui/filters.tsx';
import { RestTag } from '../sources/source-reach.tsx';
import { ApplicationLink, SourceLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { When } from '../ui/tags.tsx';

const columns: readonly Column<WatchedRepository>[] = [
  {
    head: 'Repository',
    wide: true,
    cell: (repository) => (
      <>
        <Link to={`/repositories/${repository.id}`}>{repository.name}</Link> {repository.resting && <RestTag reason={repository.resting} />}
        <div className="soft small mono">{repository.repository}</div>
      </>
    ),
  },
  { head: 'Application', cell: (repository) => <ApplicationLink name={repository.application} /> },
  {
    head: 'Heard of by',
    cell: (repository) => (repository.source ? <SourceLink id={repository.source}>webhooks of a source</SourceLink> : 'scans on request'),
  },
  { head: 'Watched for', cell: (repository) => <When time={repository.createdAt} /> },
];

/** What is watched. */
export function RepositoryList() {
  const filters = useFilters();
  const { params } = filters;
  const list = useList<WatchedRepository>(
    withQuery('repositories', { repository: params.get('repository') ?? '', application: params.get('application') ?? '' }),
  );
  return (
    <>
      <PageHead title="Repositories" />
      <Filters filters={filters}>
        <TextFilter filters={filters} label="Clone URL" name="repository" />
        <TextFilter filters={filters} label="Application" name="application" />
      </Filters>
      <Listing
        list={list}
        what="repositories"
        columns={columns}
        keyOf={(repository) => repository.id}
        empty="No repository matches. One is watched from its first webhook, or from: npx throughline scan <folder or URL>"
      />
    </>
  );
}
