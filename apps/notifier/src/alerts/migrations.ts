import type { Migration } from '@throughline/service';

/** Where commits were seen, the last decision about each, proposed fixes, and the alerts made of them. */
export const alertsMigrations: readonly Migration[] = [
  {
    name: '030-alerts',
    sql: `
create sequence change_position;
create table changes (
  repository text not null,
  line text not null,
  commit text not null,
  position bigint not null default nextval('change_position'),
  default_branch boolean not null,
  by_login text not null,
  url text,
  primary key (repository, line, commit)
);
create table judgements (
  repository text not null,
  commit text not null,
  gate text not null,
  line text not null,
  revision int not null,
  result text not null,
  grace_over boolean not null default false,
  decision text not null,
  decided_at timestamptz not null default clock_timestamp(),
  primary key (repository, commit, gate)
);
create index judgements_of_line on judgements (repository, line);
create table fixes (
  proposal text primary key,
  repository text not null,
  commit text not null,
  package text not null,
  from_version text not null,
  to_version text not null,
  findings text[] not null
);
create index fixes_of_commit on fixes (repository, commit);
create table alerts (
  id uuid primary key,
  fingerprint text not null,
  kind text not null,
  state text not null check (state in ('open', 'acknowledged', 'resolved')),
  priority text not null,
  severity text not null,
  title text not null,
  application text not null default 'unassigned',
  repository text not null,
  line text not null,
  commit text not null,
  message text not null,
  routed text not null default '{}',
  causes text[] not null,
  since timestamptz not null,
  updated_at timestamptz not null default clock_timestamp(),
  acknowledged_by text,
  acknowledged_at timestamptz,
  resolved_at timestamptz,
  resolved_by text,
  resolution text
);
create unique index alerts_unresolved on alerts (fingerprint) where state <> 'resolved';
create index alerts_of_line on alerts (repository, line, since);
create index alerts_of_commit on alerts (repository, commit);
create index alerts_list on alerts (application, since, id);
create table alert_comments (
  id uuid primary key,
  alert uuid not null references alerts (id) on delete cascade,
  by_name text not null,
  at timestamptz not null default clock_timestamp(),
  body text not null
);
create index alert_comments_of_alert on alert_comments (alert, id);`,
  },
  {
    name: '031-held-records',
    sql: `
-- What each service said last about the records that it gave up.
create table held_records (
  service text primary key,
  summary text not null
);`,
  },
];

/** Change requests that were merged although the change gate had not let them pass. */
export const mergesMigrations: readonly Migration[] = [
  {
    name: '061-unpassed-merges',
    sql: `
create table unpassed_merges (
  repository text not null,
  number int not null,
  head text not null,
  base_ref text not null,
  by_login text not null,
  bypass boolean not null,
  -- How the head stood then, and what was decided about it since.
  stood text not null,
  result text,
  merged_at timestamptz not null default clock_timestamp(),
  -- That tells of it.
  alert uuid,
  primary key (repository, number)
);
create index unpassed_merges_head on unpassed_merges (repository, head);
create index unpassed_merges_alert on unpassed_merges (alert);
create index unpassed_merges_age on unpassed_merges (merged_at);`,
  },
];

/** What was merged, where that is not what was proposed last. */
export const mergedHeadsMigrations: readonly Migration[] = [
  { name: '072-merged-heads', sql: 'alter table unpassed_merges add column commit text, add column proposed text;' },
];

/** What was pushed past the gate is kept beside what was merged past it. */
export const directPushesMigrations: readonly Migration[] = [
  {
    name: '074-direct-pushes',
    sql: `
alter table unpassed_merges drop constraint unpassed_merges_pkey;
alter table unpassed_merges alter column number drop not null;
alter table unpassed_merges add column what text generated always as (coalesce('#' || number::text, head)) stored;
alter table unpassed_merges add primary key (repository, what);
create unique index unpassed_merges_number on unpassed_merges (repository, number);
-- To tell a push from the merge that made it, whichever is told first.
create table merged_commits (
  repository text not null,
  base_ref text not null,
  commit text not null,
  merged_at timestamptz not null default clock_timestamp(),
  primary key (repository, base_ref, commit)
);
create index merged_commits_age on merged_commits (merged_at);`,
  },
];

/** After the tables of all modules: what finds the rows that are over. Rows with a UUIDv7 need no index for it. */
export const retentionMigrations: readonly Migration[] = [
  {
    name: '050-retention',
    sql: `
alter table fixes add column proposed_at timestamptz not null default now();
create index fixes_age on fixes (proposed_at);
create index judgements_age on judgements (decided_at);
alter table commit_statuses add column pending_since timestamptz not null default now();
create index commit_statuses_age on commit_statuses (coalesce(decided_at, pending_since));
create index change_requests_age on change_requests (seen_at);`,
  },
];
