import type { FindingAnswer } from '@throughline/contracts';
import { Filters, OneOf, SeveralOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { BulkTriageAction } from './bulk-triage.tsx';
import { ExportMenu } from './export-menu.tsx';
import { findingColumns } from './finding-columns.tsx';

const severities = ['critical', 'high', 'medium', 'low', 'info'];
const classes = ['vulnerability', 'code', 'secret', 'configuration', 'licence'];
const detections = ['open', 'not_seen', 'resolved', 'not_evaluated', 'retracted'];
const triages = ['new', 'in_triage', 'exploitable', 'not_affected', 'false_positive', 'risk_accepted'];
const deadlines = [
  { value: 'true', label: 'Late' },
  { value: 'false', label: 'Not late' },
];
const sorts = [
  { value: '-risk', label: 'Highest risk first' },
  { value: 'due', label: 'Due first' },
  { value: '-firstSeen', label: 'Newest first' },
  { value: '-lastSeen', label: 'Last seen first' },
];

/** Findings with every filter in the URL, so that a link shows the same view to everybody. */
export function FindingList() {
  const filters = useFilters();
  const query = new URLSearchParams(filters.params);
  if (!query.has('sort')) query.set('sort', '-risk');
  const list = useList<FindingAnswer>(`findings?${query}`);
  return (
    <>
      <PageHead
        title="Findings"
        actions={
          <>
            <ExportMenu params={filters.params} />
            <BulkTriageAction params={filters.params} total={list.data?.pages[0]?.total} />
          </>
        }
      />
      <Filters filters={filters}>
        <TextFilter filters={filters} label="Search" name="q" />
        <SeveralOf filters={filters} label="Severity" name="severity" words={severities} />
        <SeveralOf filters={filters} label="Class" name="class" words={classes} />
        <SeveralOf filters={filters} label="State" name="detection" words={detections} />
        <SeveralOf filters={filters} label="Triage" name="triage" words={triages} />
        <TextFilter filters={filters} label="Repository" name="repository" />
        <OneOf filters={filters} label="Deadline" name="overdue" words={deadlines} />
        <OneOf filters={filters} label="Order" name="sort" words={sorts} without="-risk" />
      </Filters>
      <Listing
        list={list}
        what="findings"
        columns={findingColumns}
        keyOf={(finding) => finding.id}
        empty="No findings match these filters. That says nothing about what was not scanned."
      />
    </>
  );
}
