import type { Source } from '@throughline/contracts';
import { SourceLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { Tag, When } from '../ui/tags.tsx';
import { wayBack } from './troubles.ts';

const columns: readonly Column<Source>[] = [
  { head: 'Source', wide: true, cell: ({ id, name }) => <SourceLink id={id}>{name}</SourceLink> },
  { head: 'Kind', cell: ({ kind }) => <Tag>{kind}</Tag> },
  { head: 'May speak about', wide: true, cell: ({ scope }) => scope.repositories?.join(', ') ?? 'all that its host knows' },
  { head: 'Answered by', cell: wayBack },
  { head: 'Made', cell: ({ createdAt }) => <When time={createdAt} /> },
];

/** Hosts that tell of pushes and changes. */
export function SourceList() {
  const list = useList<Source>('sources');
  return (
    <>
      <PageHead title="Sources">Hosts that tell of pushes and change requests: what each may see, and what keeps it from that.</PageHead>
      <Listing
        list={list}
        what="sources"
        columns={columns}
        keyOf={({ id }) => id}
        empty="None. A source is made by the interface: POST /api/v1/sources answers where its host sends webhooks to."
      />
    </>
  );
}
