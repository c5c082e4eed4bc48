import type { Notification } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { MessageLink } from '../ui/links.tsx';
import { useList } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { StateTag, When } from '../ui/tags.tsx';

/** Who was told about the alert, by which channel, and whether it arrived. */
export function AlertMessages({ alert }: { readonly alert: string }) {
  const list = useList<Notification>(withQuery('notifications', { alert }), 10_000);
  return (
    <Panel title="Who was told">
      {list.isPending && <Loading what="messages" lines={2} />}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data && <Told items={list.data.pages.flatMap((page) => page.items)} />}
    </Panel>
  );
}

function Told({ items }: { readonly items: readonly Notification[] }) {
  if (items.length === 0) return <p className="soft small">No message went out: no route takes this alert.</p>;
  return (
    <ul className="plain-list">
      {items.map((message) => (
        <li key={message.id}>
          <MessageLink id={message.id}>{message.channel}</MessageLink> <StateTag state={message.state} />{' '}
          <span className="soft small">
            <When time={message.sentAt ?? message.queuedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
