import type { Migration } from '@throughline/service';

export const branchesMigrations: readonly Migration[] = [
  {
    name: 'branches-001',
    sql: `
-- One row per approval of a proposal; it goes with the proposal.
create table fixes (
  id uuid primary key,
  proposal uuid not null references proposals on delete cascade,
  repository text not null,
  application text not null,
  line text not null,
  base_commit text not null,
  -- What was approved: digest of the edit, and the findings that the base had.
  diff text not null,
  tool text not null,
  ecosystem text not null,
  findings text[] not null,
  base_findings text[] not null,
  branch text not null,
  head text,
  number int,
  url text,
  state text not null check (state in ('approved', 'open', 'merged', 'outdated', 'halted', 'failed', 'undoing', 'undone', 'superseded')),
  proof text not null default 'waiting' check (proof in ('waiting', 'verified', 'not_fixed', 'unverified')),
  -- Chain key and revision of the evaluation that says so.
  evaluation text,
  evaluated_revision int,
  reason text,
  approved_by text not null,
  approved_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index fixes_of_proposal on fixes (proposal, id desc);
create index fixes_of_head on fixes (repository, head) where head is not null;
create index fixes_of_branch on fixes (repository, branch);
create index fixes_of_application on fixes (application, approved_at);
create unique index one_open_fix on fixes (proposal) where state in ('approved', 'open', 'undoing');

-- What an application allows; no row: nothing is pushed.
create table fix_settings (
  application text primary key,
  branches boolean not null,
  per_hour int not null,
  cooldown_minutes int not null
);

-- The kill switch: one row.
create table action_switch (
  single boolean primary key default true check (single),
  paused boolean not null default false,
  by_id text,
  by_name text,
  reason text,
  at timestamptz
);
insert into action_switch default values;

-- The findings of a line when a tool last evaluated it: what a fix adds is what is not among them.
create table line_findings (
  repository text not null,
  line text not null,
  tool text not null,
  commit text not null,
  findings text[] not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (repository, line, tool)
);
create index line_findings_age on line_findings (updated_at);`,
  },
  {
    name: 'branches-002-age-of-proposals',
    sql: `create index proposals_gone on proposals (updated_at) where state = 'gone';`,
  },
  {
    name: 'branches-003-closed',
    sql: `alter table fixes drop constraint fixes_state_check, add constraint fixes_state_check check (state in
  ('approved', 'open', 'merged', 'closed', 'outdated', 'halted', 'failed', 'undoing', 'undone', 'superseded'));
create index fixes_of_number on fixes (repository, number) where number is not null;`,
  },
];
