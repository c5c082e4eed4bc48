import type { Migration } from '@throughline/service';

/** What other services say about applications and repositories, as far as a message tells it. */
export const directoryMigrations: readonly Migration[] = [
  {
    name: '001-directory',
    sql: `
create table applications (
  name text primary key,
  team text not null,
  tier text not null,
  data_class text not null,
  exposure text not null,
  owners text[] not null,
  runbook text
);
create table repositories (
  repository text primary key,
  name text not null,
  application text not null
);`,
  },
];
