import type { Migration } from '@throughline/service';
import { monthlyPartitions } from './database/partitions.ts';

const outbox = `
create table outbox (
  position bigint generated always as identity primary key,
  id uuid not null,
  topic text not null,
  key text not null,
  revision bigint,
  headers text not null,
  payload text not null,
  carrier text,
  created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0.02);`;

/** The day of `ce_time` never changes: a second arrival meets the mark of the first in the same partition. */
const inbox = `
create table inbox (
  day date not null,
  consumer text not null,
  source text not null,
  id text not null,
  primary key (day, consumer, source, id)
) partition by range (day);
${monthlyPartitions('inbox', 'day', 28)}`;

const heldRecords = `
create table held_record (
  id uuid primary key,
  position bigint generated always as identity,
  consumer text not null,
  topic text not null,
  partition int not null,
  record_offset bigint not null,
  key text not null,
  ordered boolean not null,
  application text not null default 'unassigned',
  type text not null,
  headers text not null,
  value bytea,
  sent_at timestamptz not null,
  state text not null check (state in ('waiting', 'dead')),
  error text not null,
  attempts int not null,
  next_at timestamptz not null,
  held_at timestamptz not null default clock_timestamp(),
  unique (consumer, topic, partition, record_offset)
);
create index held_record_due on held_record (next_at) where state = 'waiting';
create index held_record_queue on held_record (consumer, topic, key, record_offset) where ordered and state = 'waiting';
create index held_record_list on held_record (application, position);`;

const work = `
create table work (
  id bigint generated always as identity primary key,
  kind text not null,
  key text,
  payload text not null,
  priority smallint not null check (priority between 0 and 2),
  dedupe text,
  state text not null default 'open' check (state in ('open', 'leased', 'dead')),
  attempt int not null default 0,
  failures int not null default 0,
  leased_until timestamptz,
  run_after timestamptz not null,
  queued_at timestamptz not null default clock_timestamp(),
  open_since timestamptz not null default clock_timestamp(),
  carrier text,
  last_error text
) with (autovacuum_vacuum_scale_factor = 0.02);
create index work_open on work (kind, priority, id) where state = 'open';
create index work_key on work (kind, key, id) where key is not null and state <> 'dead';
create unique index work_leased_key on work (kind, key) where key is not null and state = 'leased';
create index work_leased on work (leased_until) where state = 'leased';
create unique index work_dedupe on work (kind, dedupe) where dedupe is not null and state <> 'dead';`;

/**
 * What of a repository came before its last removal no longer counts. A row stays as long as the installation: facts about a
 * repository that came back are told from older ones by it. `after_removal` goes with a fact, so that others can do the same.
 */
const removals = `
create table removed_repository (
  repository text primary key,
  sequence bigint not null,
  forgotten_at timestamptz not null default clock_timestamp()
);
alter table outbox add column after_removal bigint;`;

/** When the next work of a kind is due. */
const workDue = `create index work_due on work (kind, run_after) where state = 'open';`;

/** `turn`: when a row has its turn among those of other lanes; what was added to one lane at once has one turn. */
const workLanes = `
alter table work add column lane text, add column turn bigint not null default 0;
create index work_turn on work (kind, turn) where lane is not null and state = 'open';
create index work_lane on work (kind, lane, turn) where lane is not null and state <> 'dead';`;

/** In the order in which rows are claimed, so that a claim reads the first few and not all that is queued. */
const workOrder = `
create index work_next on work (kind, priority, turn, id) where state = 'open';
create index work_oldest on work (kind, queued_at) where state = 'open';
drop index work_open;`;

/** What rows are left alone for until it has come. */
const workWaits = `
alter table work add column waits_for text;
create index work_waiting on work (kind, waits_for, id) where waits_for is not null;`;

/**
 * Shares the locks of repositories and tells which of them were removed. A function, because its second statement sees what was
 * committed while the first one waited: one statement of the inbox asks both and writes its marks.
 */
const sharedRepositories = `
create function share_repositories(names text[]) returns table (repository text, sequence bigint) language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(current_schema() || ' repository ' || name, 0)) from unnest(names) as name;
  return query select removed.repository, removed.sequence from removed_repository as removed where removed.repository = any(names);
end $$;`;

/** The tables of messaging, the first of every service that sends or handles facts. */
export const messagingMigrations: readonly Migration[] = [
  { name: 'messaging-001-outbox', sql: outbox },
  { name: 'messaging-002-inbox', sql: inbox },
  { name: 'messaging-003-held-records', sql: heldRecords },
  { name: 'messaging-004-work', sql: work },
  { name: 'messaging-005-removals', sql: removals },
  { name: 'messaging-006-work-due', sql: workDue },
  { name: 'messaging-007-work-lanes', sql: workLanes },
  { name: 'messaging-008-shared-repositories', sql: sharedRepositories },
  { name: 'messaging-009-work-order', sql: workOrder },
  { name: 'messaging-010-work-waits', sql: workWaits },
];
