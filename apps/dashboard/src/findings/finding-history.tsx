import type { FindingEvent } from '@throughline/contracts';
import { branchOf, CommitLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';

const columns: readonly Column<FindingEvent>[] = [
  { head: 'When', cell: (event) => <When time={event.at} /> },
  {
    head: 'What',
    cell: (event) => (
      <>
        {event.kind} {event.from && <StateTag state={event.from} />} {event.from && '→'} <StateTag state={event.to} />
      </>
    ),
  },
  { head: 'Who', cell: (event) => event.by ?? event.tool },
  {
    head: 'Where, why',
    wide: true,
    cell: (event) => (
      <>
        {event.reason} {event.line && branchOf(event.line)} {event.commit && <CommitLink commit={event.commit} />}
      </>
    ),
  },
];

/** What happened to a finding, and who did it. */
export function FindingHistory({ id }: { readonly id: string }) {
  const list = useList<FindingEvent>(`findings/${id}/history`);
  return (
    <Panel title="History">
      <Listing
        list={list}
        what="events"
        columns={columns}
        keyOf={(event) => `${event.at} ${event.kind} ${event.to} ${event.line ?? ''} ${event.tool ?? ''}`}
        empty="Nothing happened to it since it was seen."
      />
    </Panel>
  );
}
