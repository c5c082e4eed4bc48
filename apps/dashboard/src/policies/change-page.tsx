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
import { ChangeBase, stateOf } from './change-list.tsx';

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
        title={titleOf(data)}
        above={{ to: '/policies/changes', label: 'Changes that weaken' }}
        tags={<StateTag state={stateOf(data)} />}
        actions={<PolicyChangeActions change={data} />}
      >
        {data.note ?? (data.kind === 'bundle' ? undefined : data.weakens.join(' · '))}
      </PageHead>
      <Columns
        main={
          <>
            <Waiting change={data} />
            <Weaker change={data} />
            <Affected change={data} />
            <Text change={data} />
            <Parts change={data} />
          </>
        }
        aside={<About change={data} />}
      />
    </>
  );
}

function titleOf({ kind, policy, application, base }: PolicyChange): string {
  if (kind === 'application') return `Let ${application} take more risk`;
  if (kind === 'bundle') return `Weaken policies after bundle ${base}`;
  return kind === 'delete' ? `Delete ${policy}` : `Weaken ${policy}`;
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

/** Of one policy the head of the page says it. */
function Weaker({ change: { kind, weakens } }: ChangeProps) {
  if (kind !== 'bundle') return null;
  return (
    <Panel title="What becomes weaker">
      <ul className="bullets">
        {weakens.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
    </Panel>
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

function Text({ change: { kind, source } }: ChangeProps) {
  if (source === undefined) return null;
  const title = kind === 'application' ? 'All of the application as it would be' : 'As it would be published';
  return (
    <Panel title={title}>
      <Code block className="source tall" tabIndex={0} aria-label={title}>
        {source}
      </Code>
    </Panel>
  );
}

/** Everything that comes into force together, also what makes nothing weaker. */
function Parts({ change: { parts = [] } }: ChangeProps) {
  return parts.map(({ policy, kind, base, source }) => (
    <Panel key={policy} title={kind === 'delete' ? `Without ${policy}` : `${policy} as it would be published`}>
      <p className="soft small">{base === undefined ? 'A new policy' : <PolicyLink name={policy} version={base} />}</p>
      {source !== undefined && (
        <Code block className="source tall" tabIndex={0} aria-label={`${policy} as it would be published`}>
          {source}
        </Code>
      )}
    </Panel>
  ));
}

function About({ change }: ChangeProps) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Follows', <ChangeBase change={change} />],
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
