import type { Migration } from '@throughline/service';

const waits = `
create table gate_wait (
  id uuid primary key,
  application text not null default 'unassigned',
  question text not null,
  until timestamptz not null
);
create index gate_wait_until on gate_wait (until);`;

/** Questions that somebody waits for longer than one request may take. */
export const gateMigrations: readonly Migration[] = [{ name: 'gate-001-waits', sql: waits }];
