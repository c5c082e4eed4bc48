import { useQuery } from '@tanstack/react-query';
import type { Page, Source, WebhookDelivery } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { Filters, OneOf, useFilters } from '../ui/filters.tsx';
import { DeliveryLink, SourceLink } from '../ui/links.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';
import { FactsMade } from './facts-made.tsx';

/** The sources by id, to call them by name. */
export function useSources() {
  return useQuery({ queryKey: ['sources'], queryFn: () => get<Page<Source>>('sources?limit=200'), staleTime: 60_000 });
}

/** What came in, what it became, and why it was refused. */
export function DeliveryList() {
  const filters = useFilters();
  const { params } = filters;
  const sources = useSources().data?.items ?? [];
  const list = useList<WebhookDelivery>(
    withQuery('deliveries', { source: params.get('source') ?? '', status: params.get('status') ?? '' }),
    10_000,
  );
  const nameOf = (id: string): string => sources.find((source) => source.id === id)?.name ?? id.slice(-8);
  return (
    <>
      <PageHead title="Deliveries">Requests of the providers as they came: what each became, and why one was refused.</PageHead>
      <Filters filters={filters}>
        <OneOf filters={filters} label="Outcome" name="status" words={['accepted', 'ignored', 'refused']} />
        <OneOf filters={filters} label="Source" name="source" words={sources.map(({ id, name }) => ({ value: id, label: name }))} />
      </Filters>
      <Listing
        list={list}
        what="deliveries"
        keyOf={(delivery) => delivery.id}
        empty="Nothing came in that matches. A source shows where its provider sends webhooks to."
        columns={[
          { head: 'Delivery', cell: (delivery) => <DeliveryLink id={delivery.id}>{delivery.event ?? 'request'}</DeliveryLink> },
          { head: 'Outcome', cell: (delivery) => <StateTag state={delivery.status} /> },
          { head: 'Became', wide: true, cell: (delivery) => delivery.reason ?? <FactsMade facts={delivery.facts} /> },
          { head: 'Source', cell: (delivery) => <SourceLink id={delivery.source}>{nameOf(delivery.source)}</SourceLink> },
          { head: 'Came', cell: (delivery) => <When time={delivery.receivedAt} /> },
        ]}
      />
    </>
  );
}
