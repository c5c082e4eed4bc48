import type { Migration } from '@throughline/service';

const idempotency = `
create table idempotency (
  principal text not null,
  key text not null,
  request text not null,
  digest text not null,
  status int,
  headers text,
  body bytea,
  created_at timestamptz not null default now(),
  primary key (principal, key)
);
create index idempotency_age on idempotency (created_at);`;

const pending = `create index idempotency_pending on idempotency (created_at) where status is null;`;

/** Tables of the module proxy. */
export const proxyMigrations: readonly Migration[] = [
  { name: 'proxy-001-idempotency', sql: idempotency },
  { name: 'proxy-002-pending', sql: pending },
];
