import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { DecisionDetail } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { FixesOf } from '../fixes/fixes-of.tsx';
import { ApplicationLink, branchOf, ChainLink, CommitLink, Mono, PolicyLink, RepositoryLink, WaiverLink } from '../ui/links.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { ResultTag, Tag, utc } from '../ui/tags.tsx';
import { Reason } from './reason.tsx';
import { Reevaluation } from './reevaluation.tsx';

/** One decision: what the gate said, why, what to do, and what it follows from. */
export function DecisionPage() {
  const { id = '' } = useParams();
  const decision = useQuery({ queryKey: ['decision', id], queryFn: () => get<DecisionDetail>(`decisions/${encodeURIComponent(id)}`) });

  if (decision.isPending) return <Loading what="the decision" lines={10} />;
  if (decision.error) return <PageFailure error={decision.error} retry={() => void decision.refetch()} />;
  const { data } = decision;
  const { repository, commit } = data.subject;
  return (
    <>
      <PageHead
        title={`${data.gate[0]?.toUpperCase()}${data.gate.slice(1)} gate: ${data.result}`}
        above={{ to: '/decisions', label: 'Decisions' }}
        tags={
          <>
            <ResultTag result={data.result} />
            {data.degraded && <Tag tone="warn">degraded</Tag>}
          </>
        }
      >
        {summaryOf(data)}
      </PageHead>
      <Columns
        main={
          <>
            <Missing decision={data} />
            <Waived decision={data} />
            <NotApplied decision={data} />
            {data.reasons.map((reason) => (
              <Reason key={`${reason.policy} ${reason.message}`} reason={reason} decision={data} />
            ))}
            <FixesOf title="Proposed fixes for this commit" query={{ repository, commit }} />
            <Audited decision={data} />
          </>
        }
        aside={
          <>
            <About decision={data} />
            <Reevaluation decision={data} />
            <Policies decision={data} />
          </>
        }
      />
    </>
  );
}

function summaryOf({ result, reasons, missing, older }: DecisionDetail): string {
  const denies = reasons.filter((reason) => reason.effect === 'deny').length;
  const warns = reasons.length - denies;
  const said = [
    denies > 0 ? `${denies} ${denies === 1 ? 'policy blocks' : 'policies block'}` : '',
    warns > 0 ? `${warns} ${warns === 1 ? 'warns' : 'warn'}` : '',
    result === 'undecided' ? `${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} not known` : '',
    result === 'pass' ? 'No policy objects to this change' : '',
    older > 0 ? `${older} older ${older === 1 ? 'finding does' : 'findings do'} not count here` : '',
  ];
  return `${said.filter(Boolean).join(' · ')}.`;
}

function Missing({ decision: { missing, result } }: { readonly decision: DecisionDetail }) {
  if (missing.length === 0) return null;
  return (
    <Panel title="What is missing">
      <ul className="bullets">
        {missing.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
      <p className="soft small">
        {result === 'undecided'
          ? 'What is unknown does not pass. When it arrives, the gate decides by itself.'
          : 'Only policies that fail open depend on it.'}
      </p>
    </Panel>
  );
}

/** What was let through, and by whose leave. */
function Waived({ decision: { waived = [] } }: { readonly decision: DecisionDetail }) {
  if (waived.length === 0) return null;
  return (
    <Panel title="Let through by exceptions">
      <ul className="bullets findings">
        {waived.map(({ waiver, label, policy, total, findings }) => (
          <li key={`${waiver} ${policy}`}>
            <WaiverLink id={waiver}>{label ?? waiver}</WaiverLink> keeps <PolicyLink name={policy} /> from objecting to{' '}
            {total === 1 ? (findings[0]?.title ?? 'a finding') : `${total} findings`}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A change cannot silence its own scanners. */
function NotApplied({ decision: { suppressions } }: { readonly decision: DecisionDetail }) {
  if (!suppressions) return null;
  const { total, named } = suppressions;
  return (
    <Panel title={`${total} ${total === 1 ? 'suppression' : 'suppressions'} in this branch ${total === 1 ? 'was' : 'were'} not applied`}>
      <ul className="bullets">
        {named.map(({ mark, path, line, tool }) => (
          <li key={`${path} ${line} ${mark}`}>
            <Mono>{mark}</Mono> in <Mono>{`${path}:${line}`}</Mono>, to {tool}
          </li>
        ))}
        {total > named.length && <li>and {total - named.length} more</li>}
      </ul>
      <p className="soft small">They can count once they are on the default branch, or when somebody approves an exception.</p>
    </Panel>
  );
}

function Audited({ decision }: { readonly decision: DecisionDetail }) {
  if (decision.audited.length === 0) return null;
  return (
    <Panel title="Policies in audit mode would have said">
      <ul className="bullets">
        {decision.audited.map((reason) => (
          <li key={`${reason.policy} ${reason.message}`}>
            <PolicyLink name={reason.policy} version={reason.version} />: {reason.message}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function About({ decision }: { readonly decision: DecisionDetail }) {
  const { subject, older } = decision;
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Repository', <RepositoryLink repository={subject.repository} />],
          ['Commit', <CommitLink commit={subject.commit} />],
          ['Compared with', subject.base && <CommitLink commit={subject.base} />],
          ['Change', subject.pullRequest ? `#${subject.pullRequest}` : branchOf(subject.ref)],
          ['Application', <ApplicationLink name={decision.application} />],
          ['Tolerance', decision.tolerance],
          [
            'Older findings',
            older > 0 && (
              <Link to={withQuery('/findings', { repository: subject.repository, detection: 'open' })}>{older}, do not count</Link>
            ),
          ],
          ['Decided', utc(decision.decidedAt)],
          ['Data as of', decision.dataAsOf && utc(decision.dataAsOf)],
          ['Took', `${decision.latencyMs} ms, judging ${decision.judgingMs} ms`],
          ['Revision', `${decision.revision}${decision.published ? '' : ', nobody was told: nothing had changed'}`],
          ['Chain', <ChainLink id={decision.chain} />],
          [
            'Trace',
            decision.traceId && (
              <Link to={`/chains/${decision.chain}/trace`}>
                <Mono>{decision.traceId}</Mono>
              </Link>
            ),
          ],
          ['Decision id', <Mono>{decision.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Policies({ decision }: { readonly decision: DecisionDetail }) {
  return (
    <Panel title={`Judged by ${decision.policies.length} policies`}>
      <ul className="plain-list">
        {decision.policies.map((policy) => (
          <li key={policy.name} title={policy.digest}>
            <PolicyLink name={policy.name} version={policy.version} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
