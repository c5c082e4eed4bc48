import type { Migration } from '@throughline/service';

export const hooksMigrations: readonly Migration[] = [
  {
    name: 'ingest-009-kept-hooks',
    sql: `
      alter table source add column keeps_hooks boolean not null default false;

      -- The webhook that we made at a repository.
      create table kept_hook (
        repository_id uuid primary key references repository on delete cascade,
        -- Its id at the host; null while it could not be made.
        hook text,
        -- The signing key that it was last given.
        secret_id uuid,
        checked_at timestamptz not null default now(),
        -- Why it is not as it should be.
        fault text
      );
      create index kept_hook_to_check on kept_hook (checked_at);`,
  },
  // Every visit wrote to it, and no query could use it.
  { name: 'ingest-014-kept-hook-without-index', sql: 'drop index kept_hook_to_check' },
];
