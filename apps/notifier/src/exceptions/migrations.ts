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
  {
    name: '075-exception-premises',
    sql: `
-- What it leans on, without regard to case and spaces: others may lean on the same.
alter table exceptions add column premise text;
update exceptions set premise = lower(regexp_replace(btrim(granted::json ->> 'premise'), '\\s+', ' ', 'g'))
  where strpos(granted, '"premise"') > 0 and strpos(granted, '\\u0000') = 0;
create index exceptions_premise on exceptions (premise) where premise is not null and not ended;`,
  },
];
