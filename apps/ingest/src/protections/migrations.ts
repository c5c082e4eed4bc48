import type { Migration } from '@throughline/service';

export const protectionsMigrations: readonly Migration[] = [
  {
    name: 'ingest-016-seen-protection',
    sql: `
      -- What the protection of a repository's default branch says of our check.
      create table seen_protection (
        repository_id uuid primary key references repository on delete cascade,
        checked_at timestamptz not null default now(),
        -- Why a change may get in without our word; null when it cannot.
        fault text
      );`,
  },
];
