import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Page, WaiverAnswer, WaiverDetail } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { ApplicationLink, DecisionLink, FindingLink, Mono, PolicyLink, RepositoryLink, WaiverLink } from '../ui/links.tsx';
import { Notice } from '../ui/notice.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Loading, PageFailure } from '../ui/state.tsx';
import { Due, SeverityTag, StateTag, utc } from '../ui/tags.tsx';
import { WaiverActions } from './waiver-actions.tsx';
import { askedBy, coveredBy, standingOf } from './waiver-words.ts';

/** One exception: what it covers, why, until when, who decided, and what happened to it. */
export function WaiverPage() {
  const { id = '' } = useParams();
  const waiver = useQuery({ queryKey: ['waiver', id], queryFn: () => get<WaiverDetail>(`waivers/${encodeURIComponent(id)}`) });

  if (waiver.isPending) return <Loading what="the exception" lines={10} />;
  if (waiver.error) return <PageFailure error={waiver.error} retry={() => void waiver.refetch()} />;
  const { data } = waiver;
  return (
    <>
      <PageHead
        title={`Exception ${data.label}`}
        above={{ to: '/waivers', label: 'Exceptions' }}
        tags={<StateTag state={standingOf(data)} />}
        actions={<WaiverActions waiver={data} />}
      >
        {coveredBy(data)}
      </PageHead>
      <Columns
        main={
          <>
            <Waiting waiver={data} />
            <Panel title="Why the risk is taken">
              <p className="said">{data.reason}</p>
              <Facts
                of={[
                  ['Leans on', data.premise],
                  ['What is going to be done', data.response?.replaceAll('_', ' ')],
                  ['Answers for it', data.owner],
                ]}
              />
            </Panel>
            <SameReason waiver={data} />
            <Scope waiver={data} />
            <AskedLines waiver={data} />
            <History waiver={data} />
          </>
        }
        aside={<About waiver={data} />}
      />
    </>
  );
}

function Waiting({ waiver: { state, approvers, mayApprove, mayNotApproveBecause } }: { readonly waiver: WaiverDetail }) {
  if (state !== 'requested') return null;
  return (
    <Notice tone="info" title="Waits for an approval: nothing is let through yet">
      {approvers.length > 0 && <p>Can approve: {approvers.join(', ')}.</p>}
      <p>{mayApprove ? 'You can approve exactly what is on this page.' : mayNotApproveBecause}</p>
    </Notice>
  );
}

/** When a reason holds no longer for one of them, somebody has to look at the others. */
function SameReason({ waiver: { id, premise } }: { readonly waiver: WaiverDetail }) {
  const query = { premise: premise ?? '', state: 'granted' };
  const same = useQuery({
    ...{ queryKey: ['waivers', 'premise', premise], enabled: premise !== undefined },
    queryFn: () => get<Page<WaiverAnswer>>(withQuery('waivers', { ...query, limit: '20' })),
  });
  const others = (same.data?.items ?? []).filter((other) => other.id !== id);
  if (others.length === 0) return null;
  return (
    <Panel title="Others that rest on the same reason">
      <ul className="bullets">
        {others.map((other) => (
          <li key={other.id}>
            <WaiverLink id={other.id}>{other.label}</WaiverLink> {coveredBy(other)}
          </li>
        ))}
      </ul>
      {same.data?.next && <Link to={withQuery('/waivers', query)}>All of them</Link>}
    </Panel>
  );
}

function Scope({ waiver: { scope } }: { readonly waiver: WaiverDetail }) {
  return (
    <Panel title="What it covers">
      <Facts
        of={[
          ['Repository', scope.repository && <RepositoryLink repository={scope.repository} />],
          ['Application', scope.application === '*' ? 'every one' : <ApplicationLink name={scope.application} />],
          ['Policy', scope.policy && <PolicyLink name={scope.policy} />],
          ['CVE', scope.cve],
          ['Advisory', scope.advisory],
          ['Rule', scope.rule && <Mono>{scope.rule}</Mono>],
          ['Class', scope.class],
          ['Package', scope.purl && <Mono>{scope.purl}</Mono>],
          ['Path', scope.path && <Mono>{scope.path}</Mono>],
        ]}
      />
      {scope.findings && (
        <ul className="bullets findings">
          {scope.findings.map(({ id, title, severity, cve }) => (
            <li key={id}>
              <FindingLink id={id}>{title}</FindingLink> <SeverityTag severity={severity} /> {cve}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** The lines of the file that ask, with what git says of their authors. */
function AskedLines({ waiver: { scope, origin } }: { readonly waiver: WaiverDetail }) {
  if (!origin || !scope.anyOf) return null;
  return (
    <Panel title={`What ${origin.file} asks for`}>
      <ul className="bullets findings">
        {scope.anyOf.map(({ key, line, mark, tool, reason, author, email, authoredAt, until, findings = [] }) => (
          <li key={key}>
            <Mono>{mark}</Mono> in line {line}, to {tool}
            {until && <>, until {utc(until)}</>}
            <div className="soft small">
              written by {author}
              {email && ` <${email}>`}
              {authoredAt && `, ${utc(authoredAt)}`}, as git tells it{reason && `: ${reason}`}
            </div>
            {findings.map((id) => (
              <div key={id}>
                <FindingLink id={id}>the finding there</FindingLink>
              </div>
            ))}
          </li>
        ))}
      </ul>
      {origin.unread.length > 0 && (
        <>
          <p>What no exception can say, and so is not asked for:</p>
          <ul className="bullets">
            {origin.unread.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function About({ waiver }: { readonly waiver: WaiverDetail }) {
  const ends = waiver.endsWhen.map((condition) => (condition === 'known_exploited' ? 'it is known to be exploited' : 'there is a fix'));
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Until', waiver.state === 'ended' ? utc(waiver.until) : <Due time={waiver.until} />],
          ['Ends earlier when', ends.join(', or ')],
          ['Asked by', `${askedBy(waiver)}, ${utc(waiver.requestedAt)}`],
          ['Read at commit', waiver.origin && <Mono>{waiver.origin.commit.slice(0, 12)}</Mono>],
          ['Approved by', waiver.approvedBy && `${waiver.approvedBy}, ${utc(waiver.approvedAt!)}`],
          ['Ended', waiver.endedAt && `${waiver.endedBecause!.replaceAll('_', ' ')}, ${utc(waiver.endedAt)}, by ${waiver.endedBy!}`],
          ['Ended because', waiver.endedNote],
          ['Asked for this decision', waiver.decision && <DecisionLink id={waiver.decision} />],
          ['Digest', <Mono>{waiver.digest.slice(0, 19)}</Mono>],
        ]}
      />
    </Panel>
  );
}

function History({ waiver }: { readonly waiver: WaiverDetail }) {
  return (
    <Panel title="What happened to it">
      <ul className="bullets">
        {waiver.history.map(({ at, kind, by, note }) => (
          <li key={`${at} ${kind}`}>
            <strong>{kind}</strong> by {by}, {utc(at)}
            {note && <div className="soft small">{note}</div>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
