import type { Migration } from '@throughline/service';

const replays = `
create table policy_replay (
  id uuid primary key,
  name text not null,
  policy text not null,
  since timestamptz not null,
  gates text[] not null,
  -- Whose decisions, as JSON: all, or those of these applications.
  applications text not null,
  requested_by text not null,
  status text not null default 'queued',
  -- The last decision that was judged again.
  cursor uuid,
  decisions int not null default 0,
  identical int not null default 0,
  other_reasons int not null default 0,
  changed_total int not null default 0,
  changed text not null default '[]',
  gone int not null default 0,
  truncated boolean not null default false,
  failure text,
  created_at timestamptz not null default clock_timestamp()
);
create index policy_replay_age on policy_replay (created_at);`;

/** Policies tried on decisions that were made. */
export const replayMigrations: readonly Migration[] = [{ name: 'replay-001', sql: replays }];
