import type { Alert, ChainSummary, FindingAnswer, Remediation } from '@throughline/contracts';
import { Link } from 'react-router';
import { placeOf } from '../findings/finding-columns.tsx';
import { AlertLink, ChainLink, FindingLink, FixLink, Mono } from '../ui/links.tsx';
import { Rows, useList } from '../ui/listing.tsx';
import { Columns, PageHead, Panel } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { Due, ResultTag, SeverityTag, StateTag, Tag, When } from '../ui/tags.tsx';
import { nextActions, type NextAction } from './next-actions.ts';

/** What a person does next: at most ten things with deadline and way out, then what needs somebody, then what was pushed. */
export function StartPage() {
  return (
    <>
      <PageHead title="What to do next">The open findings with the highest risk, put together where one fix ends several.</PageHead>
      <Columns
        main={<Actions />}
        aside={
          <>
            <OpenAlerts />
            <LatestPushes />
          </>
        }
      />
    </>
  );
}

function Actions() {
  const findings = useList<FindingAnswer>('findings?detection=open&triage=new,in_triage,exploitable&sort=-risk', 15_000);
  const fixes = useList<Remediation>('remediations?state=proposed', 15_000);
  const error = findings.error ?? fixes.error;
  if (error) return <Failure error={error} retry={() => void Promise.all([findings.refetch(), fixes.refetch()])} />;
  if (!findings.data || !fixes.data) return <Loading what="what to do next" lines={10} />;
  const all = findings.data.pages[0]!;
  const actions = nextActions(all.items, fixes.data.pages[0]!.items);
  return (
    <Panel
      title={actions.length === 0 ? 'Nothing to do' : `First ${actions.length} things`}
      aside={<Link to="/findings?detection=open">all open findings</Link>}
    >
      {actions.length === 0 ? (
        <Empty>No open finding that somebody has to look at. That says nothing about what was not scanned.</Empty>
      ) : (
        <Rows
          what="things to do"
          items={actions}
          keyOf={(action) => action.id}
          columns={[
            { head: 'What', wide: true, cell: (action) => <What action={action} /> },
            { head: 'Risk', cell: (action) => <SeverityTag severity={action.severity} /> },
            { head: 'Due', cell: (action) => <Due time={action.due} /> },
            { head: 'Owner', cell: (action) => action.owner },
          ]}
        />
      )}
    </Panel>
  );
}

function What({ action }: { readonly action: NextAction }) {
  const [worst] = action.findings;
  return (
    <>
      {action.fix ? <FixLink id={action.fix.id}>{action.title}</FixLink> : <FindingLink id={action.id}>{action.title}</FindingLink>}{' '}
      {action.fix && <Tag tone="good">fix ready</Tag>}
      <div className="soft small">
        {action.fix ? action.findings.map((finding) => finding.cve ?? finding.rule).join(', ') : worst && <Mono>{placeOf(worst)}</Mono>}
      </div>
    </>
  );
}

function OpenAlerts() {
  const list = useList<Alert>('alerts?state=open,acknowledged', 10_000);
  const alerts = (list.data?.pages[0]?.items ?? []).slice(0, 5);
  return (
    <Panel title="Needs somebody" aside={<Link to="/alerts">all alerts</Link>}>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="alerts" lines={3} />}
      {list.data && alerts.length === 0 && <p className="soft">No alert is open.</p>}
      <ul className="plain-list">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <AlertLink id={alert.id}>{alert.title}</AlertLink>
            <div className="pair">
              <Tag tone={alert.priority === 'P1' ? 'alarm' : 'plain'}>{alert.priority}</Tag>
              <StateTag state={alert.state} />
              <span className="soft small">
                <When time={alert.since} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LatestPushes() {
  const list = useList<ChainSummary>('chains', 10_000);
  const chains = (list.data?.pages[0]?.items ?? []).slice(0, 5);
  return (
    <Panel title="Latest commits" aside={<Link to="/chains">all chains</Link>}>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="commits" lines={3} />}
      {list.data && chains.length === 0 && <p className="soft">Nothing was pushed yet. Try: npx throughline scan .</p>}
      <ul className="plain-list">
        {chains.map((chain) => (
          <li key={chain.id}>
            <ChainLink id={chain.id}>{chain.title || chain.commit.slice(0, 10)}</ChainLink>
            <div className="pair">
              <ResultTag result={chain.status} />
              <span className="soft small">
                <When time={chain.time} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
