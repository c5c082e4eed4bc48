import type { Alert } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Filters, SeveralOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { AlertLink, ApplicationLink, branchOf, RepositoryLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { SeverityTag, StateTag, Tag, When } from '../ui/tags.tsx';

const columns: readonly Column<Alert>[] = [
  {
    head: 'Alert',
    wide: true,
    cell: (alert) => (
      <>
        <AlertLink id={alert.id}>{alert.title}</AlertLink>
        <div className="soft small">
          <RepositoryLink repository={alert.repository} /> {branchOf(alert.line)}
        </div>
      </>
    ),
  },
  { head: 'State', cell: (alert) => <StateTag state={alert.state} /> },
  { head: 'Priority', cell: (alert) => <Tag tone={alert.priority === 'P1' ? 'alarm' : 'plain'}>{alert.priority}</Tag> },
  { head: 'Severity', cell: (alert) => <SeverityTag severity={alert.severity} /> },
  { head: 'Application', cell: (alert) => <ApplicationLink name={alert.application} /> },
  { head: 'Looked after by', cell: (alert) => alert.acknowledgedBy },
  { head: 'Since', cell: (alert) => <When time={alert.since} /> },
];

/** What needs a person. Shows what is not resolved until another state is asked for. */
export function AlertList() {
  const filters = useFilters();
  const { params } = filters;
  const list = useList<Alert>(
    withQuery('alerts', {
      state: params.get('state') ?? 'open,acknowledged',
      application: params.get('application') ?? '',
      repository: params.get('repository') ?? '',
      commit: params.get('commit') ?? '',
    }),
    10_000,
  );
  return (
    <>
      <PageHead title="Alerts">One alert per cause: what repeats only adds to it, and it ends by itself when its cause is gone.</PageHead>
      <Filters filters={filters}>
        <SeveralOf filters={filters} label="State" name="state" words={['open', 'acknowledged', 'resolved']} />
        <TextFilter filters={filters} label="Application" name="application" />
        <TextFilter filters={filters} label="Repository" name="repository" />
      </Filters>
      <Listing
        list={list}
        what="alerts"
        columns={columns}
        keyOf={(alert) => alert.id}
        empty={params.has('state') ? 'No alert is in this state.' : 'Nothing needs a person. Choose the state resolved to see what did.'}
      />
    </>
  );
}
