import type { Migration } from '@throughline/service';

const links = `
create table linked_account (
  id uuid primary key,
  source text not null,
  account text not null,
  login text not null,
  person uuid not null references person,
  proof text not null check (proof in ('administrator', 'comment')),
  created_at timestamptz not null default now(),
  created_by text not null,
  unique (source, account)
);
create index linked_account_of_person on linked_account (person, id);
create table link_code (
  hash bytea primary key,
  person uuid not null references person,
  source text not null,
  login text not null,
  expires_at timestamptz not null,
  unique (person, source)
);
create index link_code_age on link_code (expires_at);`;

/** Tables of the module links. */
export const linksMigrations: readonly Migration[] = [{ name: 'links-001-accounts', sql: links }];
