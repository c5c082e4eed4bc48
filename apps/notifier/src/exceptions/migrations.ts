import type { Migration } from '@throughline/service';

/** Exceptions, as far as a message about their end tells them. */
export const exceptionsMigrations: readonly Migration[] = [
  {
    name: '070-exceptions',
    sql: `
create table exceptions (
  waiver uuid primary key,
  -- Null: in all of its application.
  repository text,
  -- JSON: the fact that granted it; null when only its end was heard of.
  granted text,
  revision int not null,
  until timestamptz not null,
  -- What was told last was that it holds no longer.
  ended boolean not null default false,
  -- The end of which people were told before it came.
  told_until timestamptz
);
create index exceptions_until on exceptions (until);
create index exceptions_repository on exceptions (repository);`,
  },
];
