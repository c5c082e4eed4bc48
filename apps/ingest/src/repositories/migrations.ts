import type { Migration } from '@throughline/service';

export const repositoriesMigrations: readonly Migration[] = [
  {
    name: 'ingest-002-repositories',
    sql: `
      create table repository (
        id uuid primary key,
        -- Canonical id of the clone address.
        repository text not null unique,
        name text not null,
        -- owner/name at its source.
        full_name text,
        clone_url text not null,
        source_id uuid references source on delete set null,
        application text not null default 'unassigned',
        -- The application's own list said so; a person's word stands until it does.
        listed boolean not null default false,
        -- Milliseconds of its last change: rises also over a removal.
        revision bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint,
        created_at timestamptz not null default now()
      );
      create index repository_of_application on repository (application, id);
      create index repository_of_source on repository (source_id);

      -- What applications say about repositories, also about those that nobody has heard of yet.
      create table application_repository (
        repository text primary key,
        application text not null
      );
      create index application_repository_of on application_repository (application);`,
  },
  {
    name: 'ingest-010-demo-repository',
    // Said by the source that first spoke of it, and never again.
    sql: 'alter table repository add column demo boolean not null default false;',
  },
];

/** After all that made the table what it is. */
export const defaultBranchMigrations: readonly Migration[] = [
  {
    name: 'ingest-008-default-branch',
    sql: `
      -- As the origin last told it; for providers that do not say it with a push.
      alter table repository add column default_branch text;`,
  },
  {
    name: 'ingest-021-former-application',
    sql: `
      -- Of which application a repository was that is not watched any more: who registers it anew moves it from there.
      create table former_application (
        repository text primary key,
        application text not null
      );`,
  },
];
