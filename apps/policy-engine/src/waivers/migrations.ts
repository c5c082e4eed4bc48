import type { Migration } from '@throughline/service';

const waivers = `
create table waiver (
  id uuid primary key,
  number bigint generated always as identity unique,
  -- '*' for every application.
  application text not null,
  repository text,
  findings text[] not null default '{}',
  cve text,
  decision uuid,
  state text not null check (state in ('requested', 'granted', 'ended')),
  content text not null,
  -- Of the content and the id: what an approval names.
  digest text not null,
  revision int not null default 1,
  until timestamptz not null,
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  -- Who wrote any of it, by id and by address: none of them approves it.
  writers text[] not null,
  addresses text[] not null default '{}',
  approver text,
  approved_by text,
  approved_at timestamptz,
  ended_because text,
  ended_by text,
  ended_note text,
  ended_at timestamptz
);
create index waiver_list on waiver (application, id);
create index waiver_granted on waiver (application) where state = 'granted';
create index waiver_findings on waiver using gin (findings);

create table waiver_event (
  waiver uuid not null references waiver on delete cascade,
  number bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  by text not null,
  digest text not null,
  note text,
  primary key (waiver, number)
);`;

/** Waivers with their history. */
export const waiversMigrations: readonly Migration[] = [{ name: 'waivers-001', sql: waivers }];
