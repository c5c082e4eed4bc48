import type { Migration } from '@throughline/service';

const releases = `
create table check_releases (
  id uuid primary key,
  number bigint generated always as identity unique,
  -- '*' for every application.
  application text not null,
  repository text,
  source text,
  reason text not null,
  minutes int not null,
  -- Of all that and the id: what a confirmation names.
  digest text not null,
  requester text not null,
  requester_address text,
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  confirmer text,
  confirmed_by text,
  confirmed_at timestamptz,
  until timestamptz,
  ended_because text,
  ended_by text,
  ended_note text,
  ended_at timestamptz
);
-- What it has released, and what became of each; stays when the status itself is long forgotten.
create table released_checks (
  release uuid not null references check_releases on delete cascade,
  repository text not null,
  commit text not null,
  released_at timestamptz not null default clock_timestamp(),
  result text,
  judged_at timestamptz,
  number int,
  merged_by text,
  merged_at timestamptz,
  primary key (release, repository, commit)
);
create index released_checks_of_commit on released_checks (repository, commit);
create index check_releases_ended on check_releases (requested_at) where ended_at is not null;

-- Who told of the commit; whether nothing was decided about it yet; and what lets it pass meanwhile.
alter table commit_statuses add column source text, add column unjudged boolean not null default true, add column release uuid;
update commit_statuses set unjudged = false where revision > 0 and (decision is null or decision::json ->> 'result' <> 'undecided');
create index commit_statuses_unjudged on commit_statuses (repository, commit) where unjudged;
create index commit_statuses_released on commit_statuses (release) where release is not null;`;

/** After the tables of commit statuses. */
export const releasesMigrations: readonly Migration[] = [{ name: '060-check-releases', sql: releases }];
