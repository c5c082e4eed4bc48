import { monthlyPartitions } from '@throughline/messaging';
import type { Migration } from '@throughline/service';

/** As it was before the retention of today. */
const keptDays = 180;

export const deliveriesMigrations: readonly Migration[] = [
  {
    name: 'ingest-003-deliveries',
    sql: `
      -- No foreign keys: a delivery outlives its source.
      create table delivery (
        -- UUIDv7: leads to its day, and sorts lists.
        id uuid not null,
        -- UTC day of the id.
        received_on date not null,
        received_at timestamptz not null,
        source_id uuid not null,
        application text not null default 'unassigned',
        status text not null check (status in ('accepted', 'ignored', 'refused')),
        reason text,
        event text not null,
        provider_id text not null,
        -- JSON list of { type, subject }.
        facts text not null,
        -- JSON object of the headers on the allow-list.
        headers text not null,
        -- Which secret had signed it.
        secret_id uuid not null,
        -- Sealed: here when it is small, else a blob by its digest.
        body bytea,
        body_blob bytea,
        body_bytes integer not null,
        replayed_at timestamptz,
        primary key (id, received_on)
      ) partition by range (received_on);
      create index delivery_of_source on delivery (source_id, id desc);
      ${monthlyPartitions('delivery', 'received_on', keptDays)}

      -- What makes a repetition recognisable: id:<provider's id>, body:<sha256>. Unique over all months.
      create table delivery_mark (
        source_id uuid not null,
        mark text not null,
        delivery_id uuid not null,
        received_on date not null,
        primary key (source_id, mark)
      );

      -- What could not be believed or read: a few of the latest per source, without bodies.
      create table refused_delivery (
        id uuid primary key,
        received_at timestamptz not null,
        source_id uuid not null,
        application text not null default 'unassigned',
        reason text not null,
        headers text not null,
        body_bytes integer not null
      );
      create index refused_delivery_of_source on refused_delivery (source_id, id desc);`,
  },
  {
    name: 'ingest-007-repository-of-delivery',
    sql: `
      -- What a delivery is about, so that it goes with its repository.
      alter table delivery add column repository text;
      update delivery set repository = regexp_replace(facts::jsonb -> 0 ->> 'subject', '@[0-9a-f]{40,64}$', '') where facts <> '[]';
      create index delivery_of_repository on delivery (repository) where repository is not null;

      -- A source does not bring back what a person has removed.
      create table dismissed_repository (
        repository text not null,
        source_id uuid not null references source on delete cascade,
        primary key (repository, source_id)
      );
      create index dismissed_repository_of_source on dismissed_repository (source_id);`,
  },
];

/** After those of the heads. */
export const pushOrderMigrations: readonly Migration[] = [
  {
    name: 'ingest-005-order-of-pushes',
    sql: `
      -- By the provider's clock, where it tells.
      alter table repository_head add column said_at timestamptz;

      alter table delivery drop constraint delivery_status_check;
      do $$
      declare part record;
      begin
        for part in select child.relname from pg_inherits join pg_class child on child.oid = inhrelid where inhparent = 'delivery'::regclass
        loop
          execute format('alter table %I drop constraint if exists delivery_status_check', part.relname);
        end loop;
      end $$;
      alter table delivery add constraint delivery_status_check check (status in ('accepted', 'ignored', 'refused', 'checking', 'stale'));`,
  },
];
