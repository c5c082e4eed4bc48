import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { FindingForecast, ForecastGroup } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { Filters, OneOf, SeveralOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { ApplicationLink } from '../ui/links.tsx';
import { Rows, type Column } from '../ui/listing.tsx';
import { Columns, PageHead, Panel } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { SeverityTag } from '../ui/tags.tsx';

const severities = ['critical', 'high', 'medium', 'low', 'info'];
const spans = ['7', '14', '30', '90'].map((days) => ({ value: days, label: `${days} days` }));

const columns: readonly Column<ForecastGroup>[] = [
  { head: 'Application', cell: ({ application }) => <ApplicationLink name={application} /> },
  { head: 'Owner', wide: true, cell: ({ owner }) => owner },
  { head: 'Severity', cell: ({ severity }) => <SeverityTag severity={severity} /> },
  { head: 'Late', cell: (group) => group.breached > 0 && <Link to={findingsOf(group, { overdue: 'true' })}>{group.breached}</Link> },
  {
    head: 'Will be late',
    cell: (group) => group.breaching > 0 && <Link to={findingsOf(group, { overdue: 'false' })}>{group.breaching}</Link>,
  },
];

/** Which deadlines are broken, and which will be when nobody does anything. */
export function DeadlinesPage() {
  const filters = useFilters();
  const forecast = useQuery({
    queryKey: ['forecast', filters.params.toString()],
    queryFn: () => get<FindingForecast>(`findings/forecast?${filters.params}`),
  });
  return (
    <>
      <PageHead title="Deadlines">
        What is late, and what will be if nobody does anything. A clock stands while an exception covers a finding, and goes on after it.
      </PageHead>
      <Filters filters={filters}>
        <TextFilter filters={filters} label="Application" name="application" />
        <TextFilter filters={filters} label="Owner" name="owner" />
        <SeveralOf filters={filters} label="Severity" name="severity" words={severities} />
        <OneOf filters={filters} label="Within" name="days" words={spans} without="7" />
      </Filters>
      {forecast.isPending && <Loading what="the deadlines" lines={8} />}
      {forecast.error && <Failure error={forecast.error} retry={() => void forecast.refetch()} />}
      {forecast.data && <Forecast of={forecast.data} />}
    </>
  );
}

function Forecast({ of }: { readonly of: FindingForecast }) {
  if (of.groups.length === 0)
    return (
      <Empty>No deadline is broken, and none will be until {of.until.slice(0, 10)}. That says nothing about what was not scanned.</Empty>
    );
  return (
    <Columns
      main={
        <Panel title={`${of.breached} late, ${of.breaching} more until ${of.until.slice(0, 10)}`}>
          <Rows
            what="deadlines"
            columns={columns}
            keyOf={(group) => `${group.application} ${group.owner} ${group.severity}`}
            items={of.groups}
          />
          {of.more && <p className="soft">These are those with most to come; narrow the filters to see the others.</p>}
        </Panel>
      }
      aside={
        <Panel title="By day">
          {of.days.length === 0 ? (
            <p className="soft">None until then.</p>
          ) : (
            <Rows
              what="days"
              keyOf={({ day }) => day}
              items={of.days}
              columns={[
                { head: 'Day', wide: true, cell: ({ day }) => day },
                { head: 'Will be late', cell: ({ breaching }) => breaching },
              ]}
            />
          )}
        </Panel>
      }
    />
  );
}

/** Of those that are not late the first to be so come first. */
function findingsOf({ application, owner, severity }: ForecastGroup, more: Readonly<Record<string, string>>): string {
  return withQuery('/findings', { application, owner, severity, detection: 'open,not_evaluated', sort: 'due', ...more });
}
