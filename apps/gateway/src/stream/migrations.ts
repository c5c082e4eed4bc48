import { monthlyPartitions } from '@throughline/messaging';
import type { Migration } from '@throughline/service';
import { keptDays } from './feed.ts';

/**
 * Ordered by transaction, then position: a row is shown when all older transactions have ended, so that none that commits
 * later can come before it.
 */
const feed = `
create table feed (
  day date not null default (now() at time zone 'utc')::date,
  tx xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  type text not null,
  application text not null default 'unassigned',
  data text not null,
  primary key (day, position)
) partition by range (day);
create index feed_order on feed (tx, position);
${monthlyPartitions('feed', 'day', keptDays)}`;

/** What a line is about, so that it goes with its repository. */
const repository = `
alter table feed add column repository text;
create index feed_of_repository on feed (repository) where repository is not null;`;

/** Tables of the module stream. */
export const streamMigrations: readonly Migration[] = [
  { name: 'stream-001-feed', sql: feed },
  { name: 'stream-002-repository', sql: repository },
];
