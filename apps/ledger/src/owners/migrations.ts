import type { Migration } from '@throughline/service';

export const ownersMigrations: readonly Migration[] = [
  {
    name: 'owners-001-code-owners',
    sql: `
create table code_owner_branch (
  repository text primary key,
  branch text not null
);
create table code_owner_file (
  repository text primary key,
  path text not null,
  dialect text not null,
  text text not null,
  digest text not null,
  read_at timestamptz not null default now()
);
-- Null: no line of such a file speaks about it. Empty: one says that nobody owns it.
alter table finding add column code_owners text[];`,
  },
  // Nobody asked when.
  { name: 'owners-002-without-read-at', sql: 'alter table code_owner_file drop column read_at;' },
  {
    name: 'owners-003-findings-by-owner',
    sql: 'create index finding_code_owners on finding using gin (code_owners) where code_owners is not null;',
  },
];
