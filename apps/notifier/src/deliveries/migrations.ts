import type { Migration } from '@throughline/service';

/** A conversation is all that one channel was told about one alert or commit; a delivery is one message of it. */
export const deliveriesMigrations: readonly Migration[] = [
  {
    name: '010-deliveries',
    sql: `
create table conversations (
  id uuid primary key,
  about text not null,
  channel text not null,
  kind text not null,
  application text not null default 'unassigned',
  alert uuid,
  repository text not null,
  commit text not null,
  last_digest text,
  last_news text,
  receipt text,
  sent int not null default 0,
  claimed_by text,
  claimed_until timestamptz,
  unique (about, channel)
);
create index conversations_list on conversations (kind, application, id);
create table deliveries (
  id uuid primary key,
  position bigint generated always as identity,
  conversation uuid not null references conversations (id) on delete cascade,
  application text not null default 'unassigned',
  alert uuid,
  commit text not null,
  channel text not null,
  state text not null check (state in ('queued', 'sending', 'retrying', 'delivered', 'kept', 'dead')),
  message text not null,
  summary text not null,
  digest text not null,
  news text not null,
  causes text[] not null,
  payload text,
  receipt text,
  attempts int not null default 0,
  history text not null default '[]',
  attempt_at timestamptz,
  uncertain_since timestamptz,
  queued_at timestamptz not null default clock_timestamp(),
  next_at timestamptz not null,
  sent_at timestamptz
);
create index deliveries_open on deliveries (conversation, position) where state in ('queued', 'sending', 'retrying');
create index deliveries_list on deliveries (application, position);
create index deliveries_of_alert on deliveries (alert, position);
create index deliveries_of_commit on deliveries (commit, position);
create index deliveries_of_conversation on deliveries (conversation, position);`,
  },
];
