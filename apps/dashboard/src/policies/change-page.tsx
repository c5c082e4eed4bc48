import { Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { PolicyChange } from '@throughline/contracts';
import { get } from '../api.ts';
import { DecisionLink, Mono, PolicyLink } from '../ui/links.tsx';
import { Notice } from '../ui/notice.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Loading, PageFailure } from '../ui/state.tsx';
import { Due, StateTag, utc } from '../ui/tags.tsx';
import { PolicyChangeActions } from './change-actions.tsx';
import { stateOf } from './change-list.tsx';

/** One change: what it would weaken, what it would have let through, and the approval of exactly that. */
export function PolicyChangePage() {
  const { id = '' } = useParams();
  const change = useQuery({
    queryKey: ['policy-change', id],
    queryFn: () => get<PolicyChange>(`policies/changes/${encodeURIComponent(id)}`),
  });

  if (change.isPending) return <Loading what="the change" />;
  if (change.error) return <PageFailure error={change.error} retry={() => void change.refetch()} />;
  const { data } = change;
  return (
    <>
      <PageHead
        title={data.kind === 'delete' ? `Delete ${data.policy}` : `Weaken ${data.policy}`}
        above={{ to: '/policies/changes', label: 'Changes that weaken' }}
        tags={<StateTag state={stateOf(data)} />}
        actions={<PolicyChangeActions change={data} />}
      >
        {data.weakens.join(' · ')}
      </PageHead>
      <Columns
        main={
          <>
            <Waiting change={data} />
            <Affected change={data} />
            <Text change={data} />
          </>
        }
        aside={<About change={data} />}
      />
    </>
  );
}

interface ChangeProps {
  readonly change: PolicyChange;
}

function Waiting({ change: { state, mayApprove, mayNotApproveBecause } }: ChangeProps) {
  if (state !== 'awaiting_approval') return null;
  return (
    <Notice tone="info" title="Waits for an approval: nothing is weaker yet">
      <p>{mayApprove ? 'You can approve exactly what is on this page.' : mayNotApproveBecause}</p>
    </Notice>
  );
}

function Affected({ change: { affected } }: ChangeProps) {
  if (affected.length === 0) return null;
  return (
    <Panel title="Denials of the last 30 days in which it would block less">
      <ul className="bullets">
        {affected.map(({ decision, gate, subject, was, would }) => (
          <li key={decision}>
            <DecisionLink id={decision} /> {subject.repository} <Mono>{subject.commit.slice(0, 12)}</Mono>: {was} at the {gate} gate,{' '}
            {would === was ? 'still is by other policies' : `would be ${would}`}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Text({ change: { source } }: ChangeProps) {
  if (source === undefined) return null;
  return (
    <Panel title="As it would be published">
      <Code block className="source tall" tabIndex={0} aria-label="The policy as it would be published">
        {source}
      </Code>
    </Panel>
  );
}

function About({ change }: ChangeProps) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Policy', <PolicyLink name={change.policy} version={change.base} />],
          ['Asked by', `${change.requestedBy}, ${utc(change.requestedAt)}`],
          ['Approve before', change.state === 'awaiting_approval' && <Due time={change.approveBefore} />],
          ['Decided by', change.decidedBy && `${change.decidedBy}, ${utc(change.decidedAt!)}`],
          ['Because', change.reason],
          ['Digest', <Mono>{change.digest.slice(0, 19)}</Mono>],
        ]}
      />
    </Panel>
  );
}
