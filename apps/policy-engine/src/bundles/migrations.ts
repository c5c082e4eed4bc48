import type { Migration } from '@throughline/service';

const bundles = `
create table policy_bundle (
  sequence bigint primary key,
  digest text not null,
  key_id text not null,
  -- The signed document (DSSE, JSON).
  envelope text not null,
  policies int not null,
  published_by text not null,
  note text,
  published_at timestamptz not null
);
create table policy_key (
  key_id text primary key,
  -- SPKI, PEM.
  public_key text not null,
  sealed bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  -- It signs nothing any more; what it signed stays good.
  retired_at timestamptz
);
alter table decision add column bundle_sequence bigint, add column bundle_digest text;`;

/** Everything that was in force together, signed and numbered. */
export const bundlesMigrations: readonly Migration[] = [{ name: 'bundles-001', sql: bundles }];
