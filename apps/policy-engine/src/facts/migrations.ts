import { monthlyPartitions } from '@throughline/messaging';
import type { Migration } from '@throughline/service';

const subjects = `
create table subject (
  id bigint generated always as identity primary key,
  repository text not null,
  commit text not null,
  ref text not null default '',
  pull_request int,
  base text,
  baseline boolean not null default false,
  plan_sequence bigint,
  through_seq bigint,
  plan_failed text,
  version bigint not null default 0,
  because text,
  first_seen_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  unique (repository, commit)
);
create index subject_commit on subject (commit);

create table item (
  subject_id bigint not null references subject on delete cascade,
  seq bigint not null,
  tool text not null,
  finds text[] not null,
  state text not null check (state in ('planned', 'evaluated', 'failed', 'unavailable', 'not_applicable')),
  reason text,
  revision bigint not null default 0,
  ruleset text not null default '',
  total int not null default 0,
  pages bytea[] not null default '{}',
  not_evaluated text not null default '[]',
  licences text not null default '[]',
  data_as_of timestamptz,
  primary key (subject_id, seq)
);

create table comparison (
  subject_id bigint not null references subject on delete cascade,
  line text not null,
  repository text not null,
  base text,
  position bigint generated always as identity,
  primary key (subject_id, line)
);
create index comparison_base on comparison (repository, base);

create table finding_page (
  digest bytea primary key,
  body bytea not null,
  created_at timestamptz not null default clock_timestamp()
);`;

const lines = `
create table line_head (
  repository text not null,
  line text not null,
  commit text not null,
  moved_at timestamptz not null,
  primary key (repository, line)
);

create table default_branch (
  repository text primary key,
  branch text not null
);

create table repository (
  id text primary key,
  name text not null,
  application text not null default 'unassigned',
  removed boolean not null default false
);`;

const triage = `
create table triaged_finding (
  repository text not null,
  finding text not null,
  dismissed boolean not null,
  sequence bigint not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (repository, finding)
);`;

/** How far an uploaded item counts and what it covers, as JSON. */
const uploads = `alter table item add column upload text;`;

/** Who made a change is asked when somebody approves a waiver for it: as long as decisions name it. */
const keepPeopleDays = 400;

const people = `
create table change_person (
  month date not null,
  repository text not null,
  commit text not null,
  line text not null,
  person text not null,
  primary key (month, repository, commit, line, person)
) partition by range (month);
create index change_person_line on change_person (repository, line);
${monthlyPartitions('change_person', 'month', keepPeopleDays)}`;

/** What is known about subjects; findings in pages that equal items share. */
export const factsMigrations: readonly Migration[] = [
  { name: 'facts-001-subjects', sql: subjects },
  { name: 'facts-002-lines', sql: lines },
  { name: 'facts-003-triage', sql: triage },
  { name: 'facts-004-uploads', sql: uploads },
  { name: 'facts-005-people', sql: people },
  { name: 'facts-006-suppressions', sql: 'alter table subject add column suppressions text;' },
];
