import { monthlyPartitions } from '@throughline/messaging';
import type { Migration } from '@throughline/service';

/** Decisions answer auditors: they are kept as long as the log of facts. */
const keepDays = 400;

const decisions = `
create table decision (
  month date not null,
  id uuid not null,
  gate text not null,
  repository text not null,
  commit text not null,
  ref text not null,
  pull_request int,
  base text,
  application text not null default 'unassigned',
  result text not null,
  reasons text not null,
  audited text not null,
  missing text not null,
  policies text not null,
  tolerance text not null,
  older int not null,
  revision int not null,
  degraded boolean not null,
  published boolean not null,
  input text not null,
  evaluator text not null,
  latency_ms int not null,
  judging_ms int not null,
  data_as_of timestamptz,
  trace_id text,
  decided_at timestamptz not null,
  primary key (month, id)
) partition by range (month);
create index decision_subject on decision (repository, commit, gate, id);
create index decision_list on decision (application, id);

create table decision_input (
  month date not null,
  decision uuid not null,
  skeleton bytea not null,
  pages text[] not null,
  primary key (month, decision)
) partition by range (month);

create table decision_page (
  month date not null,
  digest text not null,
  body bytea not null,
  primary key (month, digest)
) partition by range (month);
${['decision', 'decision_input', 'decision_page'].map((table) => monthlyPartitions(table, 'month', keepDays)).join('\n')}`;

const verdicts = `
create table verdict (
  subject_id bigint not null references subject on delete cascade,
  gate text not null,
  decision uuid not null,
  revision int not null,
  provisional boolean not null,
  as_of text not null,
  known text not null,
  policies text not null,
  tolerance text not null,
  outcome text not null,
  published text,
  judged_at timestamptz not null,
  primary key (subject_id, gate)
);`;

/** Decisions with their inputs by month, and the last verdict of each subject at each gate. */
export const decisionsMigrations: readonly Migration[] = [
  { name: 'decisions-001', sql: decisions },
  { name: 'decisions-002-verdicts', sql: verdicts },
  { name: 'decisions-003-waived', sql: "alter table decision add column waived text not null default '[]';" },
  { name: 'decisions-004-suppressions', sql: 'alter table decision add column suppressions text;' },
];
