import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { Link, useParams } from 'react-router';
import type { AlertDetail } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { ApplicationLink, branchOf, ChainLink, CommitLink, Mono, pageOfKey, RepositoryLink } from '../ui/links.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { SeverityTag, StateTag, Tag, utc, When } from '../ui/tags.tsx';
import { AppLink } from '../ui/app-link.tsx';
import { FixesOf } from '../fixes/fixes-of.tsx';
import { AlertActions } from './alert-actions.tsx';
import { AlertComments } from './alert-comments.tsx';
import { AlertMessages } from './alert-messages.tsx';
import { AlertWhy } from './alert-why.tsx';

/** One alert: what, since when, what to do, how it came to it, who was told, what people said. */
export function AlertPage() {
  const { id = '' } = useParams();
  const alert = useQuery({
    queryKey: ['alert', id],
    queryFn: () => get<AlertDetail>(`alerts/${encodeURIComponent(id)}`),
    refetchInterval: 10_000,
  });

  if (alert.isPending) return <Loading what="the alert" lines={10} />;
  if (alert.error) return <PageFailure error={alert.error} retry={() => void alert.refetch()} />;
  const { data } = alert;
  return (
    <>
      <PageHead
        title={data.title}
        above={{ to: '/alerts', label: 'Alerts' }}
        tags={
          <>
            <StateTag state={data.state} />
            <Tag tone={data.priority === 'P1' ? 'alarm' : 'plain'}>{data.priority}</Tag>
            <SeverityTag severity={data.severity} />
          </>
        }
        actions={<AlertActions alert={data} />}
      >
        {data.resolution ?? data.summary}
      </PageHead>
      <Columns
        main={
          <>
            <Told alert={data} />
            <AlertWhy id={data.id} />
          </>
        }
        aside={
          <>
            <AlertFacts alert={data} />
            <AlertMessages alert={data.id} />
            <AlertComments alert={data} />
          </>
        }
      />
    </>
  );
}

/** What people were told, in the words of the message, and beside what to do the edits that are ready. */
function Told({ alert }: { readonly alert: AlertDetail }) {
  const { repository, commit } = alert;
  return alert.sections.map((section) => {
    const steps = section.title === 'Do now';
    const List = steps ? 'ol' : 'ul';
    return (
      <Fragment key={section.title}>
        <Panel
          title={section.title}
          aside={section.title === 'What we know' && <Link to={withQuery('/findings', { repository, commit })}>as findings</Link>}
        >
          <List className="bullets">
            {section.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </List>
        </Panel>
        {steps && <FixesOf title="Proposed edits" query={{ repository, commit }} />}
      </Fragment>
    );
  });
}

function AlertFacts({ alert }: { readonly alert: AlertDetail }) {
  const decisions = alert.links.filter((link) => link.text.endsWith('decision'));
  const foreign = alert.links.filter((link) => ['change', 'runbook'].includes(link.text));
  return (
    <Panel title="About">
      <Facts
        of={[
          [
            'Since',
            <>
              {utc(alert.since)}, <When time={alert.since} />
            </>,
          ],
          ['Looked after by', alert.acknowledgedBy],
          ['Resolved', alert.resolvedAt && utc(alert.resolvedAt)],
          ['Application', <ApplicationLink name={alert.application} />],
          ['Repository', <RepositoryLink repository={alert.repository} />],
          ['Line', branchOf(alert.line)],
          ['Commit', <CommitLink commit={alert.commit} />],
          ['Chain', <ChainLink id={alert.chain} />],
          ...decisions.map((link) => [link.text, <AppLink href={link.href}>what the gate said</AppLink>] as const),
          ...foreign.map((link) => [link.text, <AppLink href={link.href}>{link.href}</AppLink>] as const),
          ['Opened by', <Causes of={alert.causes} />],
          ['Kind', alert.kind],
          ['Alert id', <Mono>{alert.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Causes({ of }: { readonly of: readonly string[] }) {
  return of.map((key) => {
    const page = pageOfKey(key);
    return <div key={key}>{page ? <AppLink href={page}>{key.slice(0, key.indexOf(':'))}</AppLink> : <Mono>{key}</Mono>}</div>;
  });
}
