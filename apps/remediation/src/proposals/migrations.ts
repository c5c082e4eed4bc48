import type { Migration } from '@throughline/service';

/** One row per fix of a line of work; it keeps its id while the fix stays the same, whatever commit it stands at. */
export const proposalsMigrations: readonly Migration[] = [
  {
    name: '001-proposals',
    sql: `
create table proposals (
  id uuid primary key,
  repository text not null,
  line text not null,
  package text not null,
  from_version text not null,
  to_version text not null,
  commit text not null,
  application text not null default 'unassigned',
  tool text not null,
  ecosystem text not null,
  name text not null,
  versions text[] not null,
  findings text[] not null,
  paths text[] not null,
  cause text not null,
  state text not null check (state in ('preparing', 'proposed', 'impossible', 'gone')),
  revision int not null,
  summary text not null,
  files text not null default '[]',
  notes text[] not null default '{}',
  diff text,
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  unique (repository, line, package, from_version)
);
create index proposals_list on proposals (application, id);
create index proposals_of_commit on proposals (repository, commit);`,
  },
  {
    name: '002-chosen-versions',
    sql: `
alter table proposals
  add column chosen_version text,
  add column incomplete text,
  add column proven boolean not null default false,
  add column moved text not null default '[]',
  add column overrides text not null default '[]',
  add column not_before timestamptz,
  drop constraint proposals_state_check,
  add constraint proposals_state_check check (state in ('preparing', 'proposed', 'waiting', 'impossible', 'gone'));`,
  },
  {
    name: '003-rejected-and-closes',
    sql: `
alter table proposals
  -- JSON of Closed[]: what a change request may say about the findings.
  add column closes text not null default '[]',
  add column rejected_at timestamptz,
  drop constraint proposals_state_check,
  add constraint proposals_state_check check (state in ('preparing', 'proposed', 'waiting', 'impossible', 'rejected', 'gone'));`,
  },
];
