import { Group, Text, Timeline } from '@mantine/core';
import { Link } from 'react-router';
import type { Chain, ChainNode } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Mono, pageOfKey, RepositoryLink } from '../ui/links.tsx';
import { Tag } from '../ui/tags.tsx';
import { toneOf } from './layout.ts';

/** A decision may follow from many scans; the first show how they are joined. */
const mostCauses = 10;
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
              <Text span fw={hop.id === selected ? 700 : 500} className="hop-title">
                <HopTitle hop={hop} />
              </Text>
              <Tag tone={toneOf(hop)}>{hop.gap ?? hop.status}</Tag>
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

function HopTitle({ hop }: { readonly hop: ChainNode }) {
  const page = hop.about === undefined ? undefined : pageOfKey(hop.about);
  return page ? <Link to={page}>{hop.title}</Link> : hop.title;
}

function HopDetails({ hop, chain }: { readonly hop: ChainNode; readonly chain: Chain }) {
  const said = Object.entries(hop.summary);
  return (
    <div className="small">
      {said.map(([name, value], index) => (
        <span key={name}>
          {index > 0 && ' · '}
          <span className="soft">{name}</span> {typeof value === 'string' ? value : JSON.stringify(value)}
        </span>
      ))}
      {hop.kind.startsWith('findings') && (
        <div>
          <Link to={withQuery('/findings', { repository: chain.repository, commit: chain.commit })}>findings of this commit</Link>
        </div>
      )}
      {hop.kind.startsWith('scan') && (
        <div>
          <RepositoryLink repository={chain.repository}>scans of this repository</RepositoryLink>
        </div>
      )}
      <Evidence hop={hop} chain={chain} />
    </div>
  );
}

/** Why the hop hangs where it does, and the trace that was recorded while it happened. */
function Evidence({ hop, chain }: { readonly hop: ChainNode; readonly chain: Chain }) {
  const causes = chain.edges.filter((edge) => edge.effect === hop.id);
  if (causes.length === 0 && !hop.traceId) return null;
  return (
    <details>
      <summary>evidence and trace</summary>
      <ul className="bullets">
        {causes.slice(0, mostCauses).map((edge) => (
          <li key={edge.cause}>
            joined by <Mono>{edge.evidence}</Mono> ({edge.assurance})
          </li>
        ))}
        {causes.length > mostCauses && <li>and {causes.length - mostCauses} more causes</li>}
        {hop.traceId && (
          <li>
            recorded in trace{' '}
            <Link to={`/chains/${chain.id}/trace`}>
              <Mono>{hop.traceId}</Mono>
            </Link>
          </li>
        )}
      </ul>
    </details>
  );
}

function offset(start: string | null, time: string | null): string {
  if (!start || !time) return '';
  const ms = Date.parse(time) - Date.parse(start);
  return ms < 120_000 ? `+${(ms / 1000).toFixed(2)} s` : `+${Math.round(ms / 60_000)} min`;
}
