import type { Notification } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { Filters, OneOf, TextFilter, useFilters } from '../ui/filters.tsx';
import { AlertLink, CommitLink, MessageLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';

const columns: readonly Column<Notification>[] = [
  { head: 'Message', wide: true, cell: (message) => <MessageLink id={message.id}>{message.summary}</MessageLink> },
  { head: 'State', cell: (message) => <StateTag state={message.state} /> },
  { head: 'Channel', cell: (message) => message.channel },
  { head: 'Alert', cell: (message) => message.alert && <AlertLink id={message.alert} /> },
  { head: 'Commit', cell: (message) => message.commit && <CommitLink commit={message.commit} /> },
  { head: 'Attempts', cell: (message) => message.attempts },
  { head: 'When', cell: (message) => <When time={message.sentAt ?? message.queuedAt} /> },
];

/** Every message to every channel, and whether it arrived. */
export function MessageList() {
  const filters = useFilters();
  const query = Object.fromEntries(['state', 'channel', 'alert', 'commit'].map((name) => [name, filters.params.get(name) ?? '']));
  const list = useList<Notification>(withQuery('notifications', query), 10_000);
  return (
    <>
      <PageHead title="Messages">What was sent to people and providers, each with its attempts.</PageHead>
      <Filters filters={filters}>
        <OneOf filters={filters} label="State" name="state" words={['queued', 'sending', 'retrying', 'delivered', 'kept', 'dead']} />
        <TextFilter filters={filters} label="Channel" name="channel" />
        <TextFilter filters={filters} label="Commit" name="commit" />
      </Filters>
      <Listing list={list} what="messages" columns={columns} keyOf={(message) => message.id} empty="No message matches." />
    </>
  );
}
