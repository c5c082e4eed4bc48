import type { Migration } from '@throughline/service';

/** Channels that people set up; their secrets are sealed under the row's name. */
export const channelsMigrations: readonly Migration[] = [
  {
    name: '020-channels',
    sql: `
create table channels (
  name text primary key,
  kind text not null,
  settings text not null,
  secrets bytea not null,
  enabled boolean not null,
  version int not null,
  disabled_reason text,
  updated_by text not null,
  updated_at timestamptz not null default clock_timestamp()
);`,
  },
];
