import type { Migration } from '@throughline/service';

const audit = `
create table audit_head (
  single boolean primary key default true check (single),
  number bigint not null,
  digest text not null
);
insert into audit_head (number, digest) values (0, repeat('0', 64));
create table audit_pending (
  id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  actor_name text not null,
  via text not null,
  token text,
  operation text not null,
  subject text not null,
  address text
);
create index audit_pending_age on audit_pending (at);`;

/** Tables of the module audit. */
export const auditMigrations: readonly Migration[] = [{ name: 'audit-001-records', sql: audit }];
