import type { Migration } from '@throughline/service';

/** Which revision of a decision the provider of a commit was told last; 0 for pending. */
export const statusesMigrations: readonly Migration[] = [
  {
    name: '040-statuses',
    sql: `
create table commit_statuses (
  repository text not null,
  commit text not null,
  revision int not null,
  primary key (repository, commit)
);`,
  },
  {
    name: '041-change-requests',
    sql: `
-- The decision itself, for a change request that becomes known after its head was judged; forgotten after a month.
alter table commit_statuses add column decision text, add column decided_at timestamptz;
create index commit_statuses_decided on commit_statuses (decided_at) where decision is not null;
create table change_requests (
  repository text not null,
  number int not null,
  head text not null,
  -- Of the decision that its comment tells.
  revision int not null default 0,
  -- JSON: the matters that its comment names as blocking.
  named text not null default '[]',
  seen_at timestamptz not null default clock_timestamp(),
  primary key (repository, number)
);
create index change_requests_head on change_requests (repository, head);`,
  },
  {
    name: '042-contested-statuses',
    sql: `
-- Somebody else wrote a status under our name.
alter table commit_statuses add column contested boolean not null default false;
create table foreign_statuses (
  repository text not null,
  commit text not null,
  by_login text not null,
  state text not null,
  ours text not null,
  times int not null default 1,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (repository, commit)
);
create index foreign_statuses_age on foreign_statuses (last_at);`,
  },
  {
    name: '043-numbers-of-matters',
    sql: `
-- Where the head lies, if it lies in the repository itself; and, as JSON, the numbers under which people know what a comment names.
alter table change_requests add column ref text, add column numbered text not null default '[]';`,
  },
];

/** After `pending_since` was added: what is looked at while a commit is pending. */
export const progressMigrations: readonly Migration[] = [
  {
    name: '073-scan-progress',
    sql: `
-- When it is looked at next how far its scans are; nobody looks any more when it is null. And what was told of that.
alter table commit_statuses add column look_at timestamptz, add column done int not null default 0, add column done_told_at timestamptz;
create index commit_statuses_to_look_at on commit_statuses (look_at) where look_at is not null;`,
  },
];

/** After `pending_since` was added: how long people waited for the first decision about a commit. */
export const waitsMigrations: readonly Migration[] = [
  {
    name: '071-waits',
    sql: `
alter table commit_statuses add column waited_seconds int;
create index commit_statuses_waits on commit_statuses (repository, pending_since desc) where waited_seconds is not null;`,
  },
];
