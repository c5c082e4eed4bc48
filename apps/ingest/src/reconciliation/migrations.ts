import type { Migration } from '@throughline/service';

export const reconciliationMigrations: readonly Migration[] = [
  {
    name: 'ingest-004-heads',
    sql: `
      -- Where a branch was when we were last told.
      create table repository_head (
        repository_id uuid not null references repository on delete cascade,
        ref text not null,
        commit text not null,
        told_at timestamptz not null,
        primary key (repository_id, ref)
      );

      alter table repository
        add column looked_at timestamptz not null default now(),
        -- Set when all branches were seen once: only later ones are news.
        add column branches_known boolean not null default false;
      create index repository_to_look_at on repository (looked_at);`,
  },
];
