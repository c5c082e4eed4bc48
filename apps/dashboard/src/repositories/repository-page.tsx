import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { DecisionSummary, WatchedRepositoryDetail } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { decisionColumns } from '../decisions/decision-list.tsx';
import { RestTag } from '../sources/source-reach.tsx';
import { ApplicationLink, branchOf, CommitLink, Mono, SourceLink } from '../ui/links.tsx';
import { Listing, Rows, useList } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Empty, PageFailure, Loading } from '../ui/state.tsx';
import { utc, When } from '../ui/tags.tsx';
import { BranchProtection } from './branch-protection.tsx';
import { OpenFindings } from './open-findings.tsx';
import { RepositoryScans } from './repository-scans.tsx';
import { ScanNow } from './scan-now.tsx';

/** One repository: what is open in it, what its scanners said, what the gates decided, how it is protected, where its branches stand. */
export function RepositoryPage() {
  const { id = '' } = useParams();
  const repository = useQuery({
    queryKey: ['repository', id],
    queryFn: () => get<WatchedRepositoryDetail>(`repositories/${encodeURIComponent(id)}`),
    refetchInterval: 10_000,
  });

  if (repository.isPending) return <Loading what="the repository" lines={10} />;
  if (repository.error) return <PageFailure error={repository.error} retry={() => void repository.refetch()} />;
  const { data } = repository;
  return (
    <>
      <PageHead title={data.name} above={{ to: '/repositories', label: 'Repositories' }} actions={<ScanNow repository={data} />} />
      <Columns
        main={
          <>
            <OpenFindings repository={data.repository} />
            <RepositoryScans repository={data.repository} />
            <Decisions repository={data.repository} />
          </>
        }
        aside={
          <>
            <BranchProtection protection={data.protection} />
            <About repository={data} />
            <Refs repository={data} />
          </>
        }
      />
    </>
  );
}

function Decisions({ repository }: { readonly repository: string }) {
  const list = useList<DecisionSummary>(withQuery('decisions', { repository }), 10_000);
  return (
    <Panel title="Decisions">
      <Listing
        list={list}
        what="decisions"
        columns={decisionColumns.filter(({ head }) => !['Repository', 'Application'].includes(head))}
        keyOf={(decision) => decision.id}
        empty="No gate has judged a commit of it yet."
      />
    </Panel>
  );
}

function About({ repository }: { readonly repository: WatchedRepositoryDetail }) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Application', <ApplicationLink name={repository.application} />],
          ['Known as', <Mono>{repository.repository}</Mono>],
          ['Fetched from', <Mono>{repository.url}</Mono>],
          ['Heard of by', repository.source ? <SourceLink id={repository.source}>webhooks of a source</SourceLink> : 'scans on request'],
          ['Rests', repository.resting && <RestTag reason={repository.resting} />],
          ['Chains', <Link to={withQuery('/chains', { repository: repository.repository })}>what happened to its commits</Link>],
          ['Components', <Link to={withQuery('/sboms', { repository: repository.repository })}>what its commits list</Link>],
          ['Watched since', utc(repository.createdAt)],
          ['Repository id', <Mono>{repository.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Refs({ repository }: { readonly repository: WatchedRepositoryDetail }) {
  return (
    <Panel title="Branches">
      {repository.refs.length === 0 ? (
        <Empty>No branch was told yet.</Empty>
      ) : (
        <Rows
          what="branches"
          items={repository.refs}
          keyOf={(ref) => ref.ref}
          columns={[
            { head: 'Branch', wide: true, cell: (ref) => branchOf(ref.ref) },
            { head: 'Stands at', cell: (ref) => <CommitLink commit={ref.commit} /> },
            { head: 'Told', cell: (ref) => <When time={ref.at} /> },
          ]}
        />
      )}
    </Panel>
  );
}
