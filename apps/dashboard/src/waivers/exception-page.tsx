import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import type { Application, DecisionDetail } from '@throughline/contracts';
import { get } from '../api.ts';
import { ApplicationLink, DecisionLink, FindingLink, PolicyLink } from '../ui/links.tsx';
import { PageHead, Panel } from '../ui/page.tsx';

/** How to ask for an exception today. It says what is not there yet, so that nobody waits for an answer that cannot come. */
export function ExceptionPage() {
  const [params] = useSearchParams();
  const decision = params.get('decision') ?? '';
  const finding = params.get('finding');
  const policy = params.get('policy');
  const judged = useQuery({
    queryKey: ['decision', decision],
    queryFn: () => get<DecisionDetail>(`decisions/${encodeURIComponent(decision)}`),
    enabled: decision !== '',
  }).data;
  const reason = judged?.reasons.find((one) => one.policy === policy);
  return (
    <>
      <PageHead title="Ask for an exception">
        An exception (also called waiver, risk acceptance or suppression) lets something pass for a time, with a reason and an approver.
      </PageHead>
      <Panel title="Not in this version">
        <p>
          This version <strong>does not take requests for exceptions yet</strong>: there is nobody here who could approve one, so no button
          pretends it. Until then what blocks is let through by one of the ways below, and each of them is kept with your name.
        </p>
      </Panel>
      <Panel title="What you can do today">
        <ol className="bullets">
          <li>
            <strong>Fix it.</strong> {reason?.fix ?? 'The decision names what to do for each reason.'}{' '}
            {judged && <DecisionLink id={judged.id}>The decision</DecisionLink>} <Link to="/fixes">Proposed fixes</Link>
          </li>
          <li>
            <strong>Say that it is none here.</strong> Triage the finding as <em>false positive</em> or <em>not affected</em>, with the
            reason. The gate judges again at once.
            <Findings finding={finding} of={reason?.findings ?? []} />
          </li>
          <li>
            <strong>Talk to who owns the rule.</strong> {policy && <PolicyLink name={policy} />} can be put into audit mode, or the
            tolerance of <ApplicationLink name={judged?.application ?? 'unassigned'} /> changed. Both make a gate weaker, so one person
            alone cannot do it through the API.
            {judged && <Owners application={judged.application} />}
          </li>
        </ol>
      </Panel>
    </>
  );
}

interface FindingsProps {
  readonly finding: string | null;
  readonly of: readonly { readonly id: string; readonly title: string }[];
}

function Findings({ finding, of }: FindingsProps) {
  const named = of.length > 0 ? of : finding ? [{ id: finding, title: 'The finding' }] : [];
  return (
    <ul className="bullets">
      {named.map(({ id, title }) => (
        <li key={id}>
          <FindingLink id={id}>{title}</FindingLink>
        </li>
      ))}
    </ul>
  );
}

function Owners({ application }: { readonly application: string }) {
  const known = useQuery({
    queryKey: ['application', application],
    queryFn: () => get<Application>(`applications/${encodeURIComponent(application)}`),
    enabled: application !== 'unassigned',
    retry: false,
  }).data;
  if (!known || known.owners.length === 0) return <p>Nobody is named as its owner yet.</p>;
  return (
    <p>
      Team {known.team}; owners: {known.owners.join(', ')}.
    </p>
  );
}
