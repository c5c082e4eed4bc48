import '@xyflow/react/dist/style.css';
import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Chain } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { ApplicationLink, branchOf, Mono, RepositoryLink } from '../ui/links.tsx';
import { PageHead, Panel } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { ResultTag } from '../ui/tags.tsx';
import { ChainGraph } from './chain-graph.tsx';
import { ChainTimeline } from './timeline.tsx';

/** One chain: graph, timeline, gaps, and the trace that is generated from it. */
export default function ChainPage() {
  const { id = '' } = useParams();
  const [selected, select] = useState<string>();
  const chain = useQuery({
    queryKey: ['chain', id],
    queryFn: () => get<Chain>(`chains/${encodeURIComponent(id)}`),
    refetchInterval: 5_000,
  });

  if (chain.isPending) return <Loading what="the chain" lines={10} />;
  if (chain.error) return <PageFailure error={chain.error} retry={() => void chain.refetch()} />;
  const { data } = chain;
  const gaps = data.nodes.filter((node) => node.gap);
  const show = (hop: string): void => {
    select(hop);
    document.getElementById(`hop-${hop}`)?.scrollIntoView({ block: 'center' });
  };
  return (
    <>
      <PageHead
        title={data.title || data.commit.slice(0, 10)}
        above={{ to: '/chains', label: 'Chains' }}
        tags={<ResultTag result={data.status} />}
      >
        <RepositoryLink repository={data.repository} /> {branchOf(data.ref)} · <ApplicationLink name={data.application} /> · commit{' '}
        <Mono>{data.commit}</Mono>
      </PageHead>
      <p className="chain-links">
        <Link to={withQuery('/findings', { repository: data.repository, commit: data.commit })}>Findings of this commit</Link>
        <Link to={withQuery('/fixes', { repository: data.repository, commit: data.commit })}>fixes</Link>
        <Link to={withQuery('/decisions', { repository: data.repository, commit: data.commit })}>decisions</Link>
        <Link to={`/chains/${encodeURIComponent(id)}/trace`}>the whole chain as a trace</Link>
      </p>
      <Paper withBorder className="graph">
        <ChainGraph chain={data} onSelect={show} />
      </Paper>
      {gaps.length > 0 && (
        <Panel title="Not known yet">
          <ul className="bullets">
            {gaps.map((gap) => (
              <li key={gap.id}>
                {gap.title} ({gap.gap === 'pending' ? 'may still come' : 'missing'})
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="Hop by hop">
        <ChainTimeline chain={data} selected={selected} />
      </Panel>
    </>
  );
}
