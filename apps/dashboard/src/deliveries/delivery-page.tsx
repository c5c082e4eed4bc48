import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { WebhookDeliveryDetail, WebhookReceipt } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Mono, SourceLink } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Empty, Failure, PageFailure, Loading } from '../ui/state.tsx';
import { StateTag, utc } from '../ui/tags.tsx';
import { useSources } from './delivery-list.tsx';
import { FactsMade } from './facts-made.tsx';

/** One delivery: what it became, why not, what was kept of it; and reading it again. */
export function DeliveryPage() {
  const { id = '' } = useParams();
  const delivery = useQuery({
    queryKey: ['delivery', id],
    queryFn: () => get<WebhookDeliveryDetail>(`deliveries/${encodeURIComponent(id)}`),
  });

  if (delivery.isPending) return <Loading what="the delivery" />;
  if (delivery.error) return <PageFailure error={delivery.error} retry={() => void delivery.refetch()} />;
  const { data } = delivery;
  return (
    <>
      <PageHead
        title={`Delivery: ${data.event ?? 'request'}`}
        above={{ to: '/deliveries', label: 'Deliveries' }}
        tags={<StateTag state={data.status} />}
      >
        {data.reason}
      </PageHead>
      <Columns
        main={
          <>
            <Panel title="What it became">
              <FactsMade facts={data.facts} />
            </Panel>
            <Headers of={data} />
          </>
        }
        aside={
          <>
            <About delivery={data} />
            <Replay delivery={data} />
          </>
        }
      />
    </>
  );
}

function Headers({ of: { headers } }: { readonly of: WebhookDeliveryDetail }) {
  return (
    <Panel title="Headers that were kept">
      {headers.length === 0 ? (
        <Empty>None.</Empty>
      ) : (
        <Rows
          what="headers"
          items={headers}
          keyOf={(header) => header.name}
          columns={[
            { head: 'Name', cell: (header) => <Mono>{header.name}</Mono> },
            { head: 'Value', wide: true, cell: (header) => <Mono>{header.value}</Mono> },
          ]}
        />
      )}
    </Panel>
  );
}

function About({ delivery }: { readonly delivery: WebhookDeliveryDetail }) {
  const name = useSources().data?.items.find((source) => source.id === delivery.source)?.name;
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Source', <SourceLink id={delivery.source}>{name}</SourceLink>],
          ['Came', utc(delivery.receivedAt)],
          ['Size', `${delivery.bytes} bytes`],
          ["Provider's id", delivery.providerId && <Mono>{delivery.providerId}</Mono>],
          ['Read again', delivery.replayedAt && utc(delivery.replayedAt)],
          ['Delivery id', <Mono>{delivery.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Replay({ delivery }: { readonly delivery: WebhookDeliveryDetail }) {
  const may = useMay('deliveries:write');
  const queries = useQueryClient();
  const replay = useMutation({
    mutationFn: () => call<WebhookReceipt>('POST', `deliveries/${delivery.id}/replay`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['delivery', delivery.id] }),
  });
  if (!may) return null;
  return (
    <Panel title="Read it again">
      {delivery.replayable ? (
        <>
          <p className="soft small">The kept body is read by what is known today. The same facts change nothing.</p>
          <Button size="compact-sm" variant="default" onClick={() => replay.mutate()} loading={replay.isPending}>
            Replay
          </Button>
        </>
      ) : (
        <p className="soft small">Its body was not kept, because it was refused.</p>
      )}
      <p aria-live="polite" className="small below">
        {replay.data && (replay.data.ignored ?? `It became ${replay.data.facts} ${replay.data.facts === 1 ? 'fact' : 'facts'}.`)}
      </p>
      {replay.error && <Failure error={replay.error} />}
    </Panel>
  );
}
