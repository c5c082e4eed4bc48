import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { Chain } from '@throughline/contracts';
import { get } from '../api.ts';
import { Failure, Loading } from '../ui/state.tsx';
import { ResultTag } from '../ui/tags.tsx';
import { ChainGraph } from './chain-graph.tsx';
import { ChainTimeline } from './timeline.tsx';

/** One chain: graph, timeline, gaps, and the trace that is generated from it. */
export function ChainPage() {
  const { id = '' } = useParams();
  const [selected, select] = useState<string>();
  const chain = useQuery({
    queryKey: ['chain', id],
    queryFn: () => get<Chain>(`chains/${encodeURIComponent(id)}`),
    refetchInterval: 5_000,
  });

  if (chain.isPending) return <Loading what="the chain" />;
  if (chain.error) return <Failure error={chain.error} retry={() => void chain.refetch()} />;
  const { data } = chain;
  const gaps = data.nodes.filter((node) => node.gap);
  const show = (hop: string): void => {
    select(hop);
    document.getElementById(`hop-${hop}`)?.scrollIntoView({ block: 'center' });
  };
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1} size="h2">
            {data.title || data.commit.slice(0, 10)}
          </Title>
          <Text c="dimmed" size="sm">
            {data.repository} <span className="mono">{data.commit}</span>
          </Text>
        </div>
        <ResultTag result={data.status} />
      </Group>
      <Paper withBorder>
        <ChainGraph chain={data} onSelect={show} />
      </Paper>
      {gaps.length > 0 && (
        <Text size="sm" c="dimmed">
          Not known yet: {gaps.map((gap) => gap.title).join(', ')}
        </Text>
      )}
      <ChainTimeline chain={data} selected={selected} />
      <Anchor size="sm" href={`/api/v1/chains/${encodeURIComponent(id)}/trace`}>
        The whole chain as one OpenTelemetry trace (OTLP/JSON)
      </Anchor>
    </Stack>
  );
}
