import type { Migration } from '@throughline/service';

export const reachMigrations: readonly Migration[] = [
  {
    name: 'ingest-016-reach',
    sql: `
      -- Where the App of a source is installed, and what came of the last look at what it may see.
      create table app_installation (
        source_id uuid not null references source on delete cascade,
        -- Its id at the host.
        installation text not null,
        account text not null,
        state text not null check (state in ('active', 'suspended', 'removed')),
        given integer not null default 0,
        fault text,
        changed_at timestamptz not null default now(),
        -- When the host was last asked: what was told before counts no more.
        listed_at timestamptz not null,
        primary key (source_id, installation)
      );

      -- Organisations that a person connected, in lower case, and what they wanted of them.
      create table connected_organisation (
        source_id uuid not null references source on delete cascade,
        organisation text not null,
        -- JSON of the globs.
        wanted text not null,
        primary key (source_id, organisation)
      );

      alter table repository
        -- The installation that was last given it, and its id at the host, which stays whatever it is called.
        add column installation text,
        add column host_id text,
        -- Why it is not asked for any more.
        add column rest text check (rest in ('not_given', 'suspended', 'uninstalled', 'deleted', 'archived')),
        add column rest_since timestamptz;`,
  },
  {
    name: 'ingest-017-renamed',
    sql: `
      -- Canonical ids of what repositories are called now that are known by the one that they had first.
      create table repository_alias (
        alias text primary key,
        repository_id uuid not null references repository on delete cascade
      );
      create index repository_alias_of on repository_alias (repository_id);`,
  },
  {
    name: 'ingest-018-host-ids',
    // Deliveries name repositories by them.
    sql: 'create index repository_of_host_id on repository (host_id, source_id) where host_id is not null;',
  },
  {
    name: 'ingest-019-reach-rounds',
    sql: `
      -- When the host of an App is asked again for all that it may see, told or not.
      create table reach_round (
        source_id uuid primary key references source on delete cascade,
        next_at timestamptz not null
      );`,
  },
  {
    name: 'ingest-020-proven-ids',
    sql: `
      -- The host itself told the id, by its API; else a signed delivery did, over which the word of the host goes.
      alter table repository add column host_id_proven boolean not null default false;
      update repository set host_id_proven = true where host_id is not null;`,
  },
];
