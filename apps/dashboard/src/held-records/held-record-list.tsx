import { Link } from 'react-router';
import type { HeldRecordAnswer } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Filters, OneOf, useFilters } from '../ui/filters.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';

const columns: readonly Column<HeldRecordAnswer>[] = [
  {
    head: 'Record',
    cell: (record) => <Link to={`/held-records/${record.consumer.split('.')[0]}/${record.id}`}>{record.type || 'not readable'}</Link>,
  },
  { head: 'State', cell: (record) => <StateTag state={record.state} /> },
  { head: 'Could not be handled because', wide: true, cell: (record) => record.error },
  { head: 'By', cell: (record) => record.consumer },
  { head: 'Attempts', cell: (record) => record.attempts },
  { head: 'Held', cell: (record) => <When time={record.heldAt} /> },
];

/** What the services could not handle. Nothing of it is lost: it waits here. */
export function HeldRecordList() {
  const filters = useFilters();
  const list = useList<HeldRecordAnswer>(withQuery('held-records', { state: filters.params.get('state') ?? '' }), 10_000);
  return (
    <>
      <PageHead title="Held records">
        Records that a service could not handle. Waiting ones are tried again by themselves, dead ones need a person.
      </PageHead>
      <Filters filters={filters}>
        <OneOf filters={filters} label="State" name="state" words={['waiting', 'dead']} />
      </Filters>
      <Listing
        list={list}
        what="held records"
        columns={columns}
        keyOf={(record) => record.id}
        empty="No record is held: all services handled everything that they were told."
      />
    </>
  );
}
