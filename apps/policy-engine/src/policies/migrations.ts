import type { Migration } from '@throughline/service';

const policies = `
create table policy (
  name text primary key,
  version int not null,
  built_in boolean not null,
  deleted_at timestamptz
);

create table policy_version (
  name text not null references policy,
  version int not null,
  digest text not null,
  source text not null,
  document text not null,
  published_by text not null,
  published_at timestamptz not null default clock_timestamp(),
  primary key (name, version)
);`;

/** Policies are the installation's, not an application's. */
export const policiesMigrations: readonly Migration[] = [{ name: 'policies-001', sql: policies }];
