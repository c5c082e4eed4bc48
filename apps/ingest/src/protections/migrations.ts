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
  {
    name: 'ingest-018-kind-of-protection',
    sql: `
      -- Which of a few things is wrong; the words of what was seen so far say it.
      alter table seen_protection add column state text;
      update seen_protection set state = case
        when fault is null then 'right'
        when fault like '%takes changes without the check%' then 'not_required'
        when fault like '%from anybody who may write%' then 'anybody'
        when fault like '%does not count there' then 'another_app'
        else 'unknown' end;
      alter table seen_protection alter column state set not null;`,
  },
];
