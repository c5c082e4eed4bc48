import type { Migration } from '@throughline/service';

const applications = `
create table application (
  name text primary key,
  application text generated always as (name) stored,
  version int not null,
  document text not null,
  updated_by text not null,
  updated_at timestamptz not null default clock_timestamp()
);

create table application_version (
  name text not null references application,
  version int not null,
  document text not null,
  updated_by text not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (name, version)
);

create table application_repository (
  repository text primary key,
  application text not null references application
);
create index application_repository_application on application_repository (application);`;

/** Applications, every version of them, and which repository belongs to which: to one at most. */
export const applicationsMigrations: readonly Migration[] = [
  { name: 'applications-001', sql: applications },
  { name: 'applications-002-demo', sql: 'alter table application add column demo boolean not null default false;' },
];
