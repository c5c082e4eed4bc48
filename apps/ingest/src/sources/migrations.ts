import type { Migration } from '@throughline/service';

export const sourcesMigrations: readonly Migration[] = [
  {
    name: 'ingest-001-sources',
    sql: `
      create table source (
        id uuid primary key,
        kind text not null,
        name text not null,
        application text not null default 'unassigned',
        -- JSON of SourceScope.
        scope text not null,
        base_url text,
        api_url text,
        clone_url text,
        -- Sealed; bound to the origins above.
        token bytea,
        created_at timestamptz not null default now()
      );

      -- At most two per source: the newest, and the one before it while hooks are moved over.
      create table source_secret (
        id uuid primary key,
        source_id uuid not null references source on delete cascade,
        sealed bytea not null,
        created_at timestamptz not null default now()
      );
      create index source_secret_of_source on source_secret (source_id, created_at desc);`,
  },
  { name: 'ingest-010-demo-source', sql: 'alter table source add column demo boolean not null default false;' },
  {
    name: 'ingest-011-write-token',
    // Sealed; bound to the same origins as the other one.
    sql: 'alter table source add column write_token bytea',
  },
  {
    name: 'ingest-012-source-app',
    sql: `
      -- The key is sealed, and bound to the same origins as the tokens.
      alter table source add column app_id text, add column app_url text, add column app_key bytea;

      -- Apps that somebody begins to make; only the digest of what the host leads back with is kept.
      create table begun_app (
        state_digest bytea primary key,
        source_id uuid not null references source on delete cascade,
        manifest text not null,
        creation_url text not null,
        api_url text not null,
        begun_by text not null,
        used_at timestamptz,
        expires_at timestamptz not null
      );
      create index begun_app_over on begun_app (expires_at);`,
  },
  {
    name: 'ingest-013-comments',
    sql: `alter table source add column comments text not null default 'full' check (comments in ('full', 'summary', 'none'))`,
  },
  // A begun App that was made is gone: its row says nothing more.
  { name: 'ingest-015-begun-app-once', sql: 'delete from begun_app where used_at is not null; alter table begun_app drop column used_at;' },
];
