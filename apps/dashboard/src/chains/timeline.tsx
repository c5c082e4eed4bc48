import { Anchor, Badge, Code, Group, Stack, Text, Timeline } from '@mantine/core';
import { Link } from 'react-router';
import type { Chain, ChainNode } from '@throughline/contracts';
import { toneOf } from './layout.ts';

const colours = { good: 'teal', bad: 'red', warn: 'yellow', plain: 'gray' } as const;

/** The chain as a list in time: each hop with its state, what it says, its evidence and its trace. */
export function ChainTimeline({ chain, selected }: { readonly chain: Chain; readonly selected: string | undefined }) {
  const hops = [...chain.nodes].sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));
  const start = hops.find((hop) => hop.time)?.time ?? null;
  return (
    <Timeline active={hops.length} bulletSize={14} lineWidth={2}>
      {hops.map((hop) => (
        <Timeline.Item
          key={hop.id}
          id={`hop-${hop.id}`}
          color={colours[toneOf(hop)]}
          title={
            <Group gap="xs">
              <Text span fw={hop.id === selected ? 700 : 500} td={hop.id === selected ? 'underline' : undefined}>
                {hop.title}
              </Text>
              <Badge size="sm" variant="light" color={colours[toneOf(hop)]}>
                {hop.gap ?? hop.status}
              </Badge>
              <Text span size="xs" c="dimmed">
                {offset(start, hop.time)} {hop.service}
              </Text>
            </Group>
          }
        >
          <HopDetails hop={hop} chain={chain} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function HopDetails({ hop, chain }: { readonly hop: ChainNode; readonly chain: Chain }) {
  const causes = chain.edges.filter((edge) => edge.effect === hop.id);
  return (
    <Stack gap={2}>
      {Object.entries(hop.summary).map(([name, value]) => (
        <Text key={name} size="sm">
          <Text span c="dimmed" size="sm">
            {name}:{' '}
          </Text>
          {typeof value === 'string' ? value : JSON.stringify(value)}
        </Text>
      ))}
      {causes.slice(0, 5).map((edge) => (
        <Text key={edge.cause} size="xs" c="dimmed">
          joined by <Code>{edge.evidence}</Code> ({edge.assurance})
        </Text>
      ))}
      <Group gap="sm">
        {hop.traceId && (
          <Text size="xs" c="dimmed">
            trace <Code>{hop.traceId}</Code>
          </Text>
        )}
        {hop.kind.startsWith('findings') && (
          <Anchor size="xs" component={Link} to={`/findings?repository=${encodeURIComponent(chain.repository)}&commit=${chain.commit}`}>
            findings of this commit
          </Anchor>
        )}
        {hop.kind.startsWith('alert') && (
          <Anchor size="xs" component={Link} to="/outbox">
            the message
          </Anchor>
        )}
      </Group>
    </Stack>
  );
}

function offset(start: string | null, time: string | null): string {
  if (!start || !time) return '';
  const ms = Date.parse(time) - Date.parse(start);
  return ms < 120_000 ? `+${(ms / 1000).toFixed(2)} s` : `+${Math.round(ms / 60_000)} min`;
}
