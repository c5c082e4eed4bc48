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

const repository = `
alter table waiver
  -- Asked for by lines of a repository, and not by a person.
  add column origin boolean not null default false,
  -- Keys of those lines that are gone.
  add column gone text[] not null default '{}';
create index waiver_proposed on waiver (application) where state = 'requested' and origin;

-- Lines on default branches by which scanners are asked to say nothing, and which waiver they asked for.
create table suppression (
  repository text not null,
  key text not null,
  waiver uuid not null,
  first_seen timestamptz not null default clock_timestamp(),
  gone_at timestamptz,
  primary key (repository, key)
);
create index suppression_waiver on suppression (waiver);`;

/** What others lean on, too: compared without regard to case and spaces. */
const premises = `
alter table waiver add column premise text;
update waiver set premise = lower(regexp_replace(btrim(content::json ->> 'premise'), '\\s+', ' ', 'g'))
  where strpos(content, '"premise"') > 0 and strpos(content, '\\u0000') = 0;
create index waiver_premise on waiver (premise) where premise is not null;`;

/** Waivers with their history. */
export const waiversMigrations: readonly Migration[] = [
  { name: 'waivers-001', sql: waivers },
  { name: 'waivers-002-repository', sql: repository },
  { name: 'waivers-003-premises', sql: premises },
];
