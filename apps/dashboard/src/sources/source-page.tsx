import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { HookFault, Source, SourceHooks, SourceProtection, WebhookDelivery } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { FactsMade } from '../deliveries/facts-made.tsx';
import { DeliveryLink, Mono, Path, RepositoryLink } from '../ui/links.tsx';
import { Rows, useList, Listing } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Loading, PageFailure } from '../ui/state.tsx';
import { StateTag, Tag, utc, When } from '../ui/tags.tsx';
import { ReachPanel } from './source-reach.tsx';
import { troubles, wayBack } from './troubles.ts';

/** One source: what keeps it from hearing or answering, what it may see, what came in by it. */
export function SourcePage() {
  const { id = '' } = useParams();
  const source = useQuery({
    queryKey: ['source', id],
    queryFn: () => get<Source>(`sources/${encodeURIComponent(id)}`),
    refetchInterval: 10_000,
  });

  if (source.isPending) return <Loading what="the source" lines={10} />;
  if (source.error) return <PageFailure error={source.error} retry={() => void source.refetch()} />;
  const { data } = source;
  return (
    <>
      <PageHead title={data.name} above={{ to: '/sources', label: 'Sources' }} tags={<Tag>{data.kind}</Tag>} />
      <Columns
        main={
          <>
            <Troubles source={data} />
            {data.reach && <ReachPanel reach={data.reach} />}
            {data.hooks && <Hooks hooks={data.hooks} />}
            {data.protection && <Protection protection={data.protection} />}
            <Deliveries source={data} />
          </>
        }
        aside={<About source={data} />}
      />
    </>
  );
}

function Troubles({ source }: { readonly source: Source }) {
  const found = troubles(source);
  return (
    <Panel title="What is wrong" aside={found.length === 0 && <Tag tone="good">nothing that is known</Tag>}>
      {found.length > 0 && (
        <ul className="bullets">
          {found.map(({ what, detail }) => (
            <li key={what}>
              <strong>{what}.</strong> <Path of={detail} />
            </li>
          ))}
        </ul>
      )}
      <div className="soft small below">
        What could not be written back is among the{' '}
        <Link to={withQuery('/messages', { state: 'dead', channel: 'scm-status' })}>statuses</Link> and{' '}
        <Link to={withQuery('/messages', { state: 'dead', channel: 'scm-comment' })}>comments</Link> that were given up.
      </div>
    </Panel>
  );
}

function Hooks({ hooks: { kept, waiting, faults } }: { readonly hooks: SourceHooks }) {
  return (
    <Panel title="Webhooks that are kept">
      <p className="soft small">{counted('As they should be', kept, waiting)}</p>
      <Faults what="webhooks that are not as they should be" of={faults} />
    </Panel>
  );
}

function Protection({ protection: { required, waiting, faults } }: { readonly protection: SourceProtection }) {
  return (
    <Panel title="Default branches that require the check">
      <p className="soft small">{counted('Closed to changes without it', required, waiting)}</p>
      <Faults what="branches that are not known to require the check" of={faults} />
    </Panel>
  );
}

function counted(how: string, well: number, waiting: number): string {
  return `${how}: ${well}.${waiting === 0 ? '' : ` Not looked at yet: ${waiting}.`}`;
}

function Faults({ what, of }: { readonly what: string; readonly of: readonly HookFault[] }) {
  if (of.length === 0) return null;
  return (
    <Rows
      what={what}
      items={of}
      keyOf={({ repository }) => repository}
      columns={[
        { head: 'Repository', cell: ({ repository }) => <RepositoryLink repository={repository} /> },
        { head: 'What is wrong', wide: true, cell: ({ detail }) => <Path of={detail} /> },
        { head: 'Seen', cell: ({ at }) => <When time={at} /> },
      ]}
    />
  );
}

function Deliveries({ source: { id } }: { readonly source: Source }) {
  const list = useList<WebhookDelivery>(withQuery('deliveries', { source: id }), 10_000);
  return (
    <Panel title="Deliveries" aside={<Link to={withQuery('/deliveries', { source: id })}>by outcome</Link>}>
      <Listing
        list={list}
        what="deliveries"
        keyOf={(delivery) => delivery.id}
        empty="Nothing came in yet. Its host has to send webhooks to the address beside."
        columns={[
          { head: 'Delivery', cell: (delivery) => <DeliveryLink id={delivery.id}>{delivery.event ?? 'request'}</DeliveryLink> },
          { head: 'Outcome', cell: (delivery) => <StateTag state={delivery.status} /> },
          { head: 'Became', wide: true, cell: (delivery) => delivery.reason ?? <FactsMade facts={delivery.facts} /> },
          { head: 'Came', cell: (delivery) => <When time={delivery.receivedAt} /> },
        ]}
      />
    </Panel>
  );
}

function About({ source }: { readonly source: Source }) {
  const { settings } = source;
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Webhooks go to', <Path of={source.url} />],
          ['May speak about', source.scope.repositories?.join(', ') ?? 'all that its host knows'],
          ['Host', settings.baseUrl && <Path of={settings.baseUrl} />],
          ['Its interface', settings.apiUrl && <Path of={settings.apiUrl} />],
          ['Fetched from', settings.cloneUrl && <Path of={settings.cloneUrl} />],
          ['Answered by', wayBack(source)],
          ['The App', settings.app && <a href={settings.app}>its page at the host</a>],
          ['Comments', settings.comments],
          ['Signing keys', source.secrets.length],
          ['Made', utc(source.createdAt)],
          ['Source id', <Mono>{source.id}</Mono>],
        ]}
      />
    </Panel>
  );
}
