import { signingKeyTable, type Migration } from '@throughline/service';

/**
 * A document is what one account says under one id of its own. Its statements act only where the account is trusted for their
 * product: they are kept whatever that is today.
 */
const vex = `
create table vex_document (
  number bigint generated always as identity primary key,
  id uuid not null unique,
  identity text not null,
  sent_by text not null,
  format text not null,
  document_id text not null,
  author text not null,
  digest bytea not null,
  said_at timestamptz not null,
  received_at timestamptz not null default now(),
  body bytea not null,
  unique (identity, document_id)
);

create table vex_statement (
  number bigint generated always as identity primary key,
  document_number bigint not null references vex_document on delete cascade,
  names text[] not null,
  status text not null,
  justification text,
  reason text,
  product text not null,
  -- What the product stands for here; absent where nobody can tell.
  product_key text,
  component text,
  said_at timestamptz not null
);
create index vex_statement_document on vex_statement (document_number);
create index vex_statement_names on vex_statement using gin (names);

-- What waits for a second person stands beside what is in force.
create table vex_author (
  name text primary key,
  identity text,
  products text[],
  approved_by text,
  wanted_identity text,
  wanted_products text[],
  requester text,
  requester_address text,
  requester_name text,
  requested_at timestamptz
);
create index vex_author_identity on vex_author (identity);

-- Findings whose triage came from a statement. It holds while the finding is at this revision: later ones are people's.
create table vex_triage (
  finding_number bigint primary key,
  statement_number bigint not null,
  before_triage text not null,
  revision int not null
);`;

export const vexMigrations: readonly Migration[] = [
  { name: 'vex-001-documents', sql: vex },
  { name: 'vex-002-keys', sql: `\n${signingKeyTable('vex_key')}` },
];
