import type { Migration } from '@throughline/service';

/** An application that lists a repository wins over what the repository was registered with. */
const owners = `
create table application (
  name text primary key,
  team text not null,
  tier text not null,
  exposure text not null,
  owners text[] not null
);

create table repository (
  id text primary key,
  name text,
  registered_application text not null default 'unassigned',
  assigned_application text,
  application text not null generated always as (coalesce(assigned_application, registered_application)) stored,
  removed_at timestamptz
);
create index repository_application on repository (application);`;

/** A version of a package exists once, however many commits lock it; a report that comes again is stored once. */
const components = `
create table package (
  id bigint generated always as identity primary key,
  ecosystem text not null,
  name text not null,
  purl text not null,
  unique (ecosystem, name)
);

create table component_version (
  id bigint generated always as identity primary key,
  package_id bigint not null references package,
  version text not null,
  purl text not null,
  licence text,
  unique (package_id, version)
);

create table report (
  id bigint generated always as identity primary key,
  repository text not null,
  digest bytea not null,
  unique (repository, digest)
);

create table occurrence (
  component_version_id bigint not null references component_version,
  report_id bigint not null references report on delete cascade,
  manifest text not null,
  line int,
  direct boolean not null,
  scope text not null,
  via text[] not null,
  primary key (component_version_id, report_id, manifest)
);
create index occurrence_report on occurrence (report_id);`;

/** Said by the owner of repositories alone. */
const demo = `alter table repository add column demo boolean not null default false;`;

/** What one repository's report says of a licence is nothing that another's is judged by. */
const licences = `
alter table occurrence add column licence text;
update occurrence o set licence = v.licence from component_version v where v.id = o.component_version_id;
alter table component_version drop column licence;`;

/**
 * An SBOM is what a report lists at one commit or in one image; the report is stored once, however often it comes. What an
 * SBOM says beyond where a component is stands beside the occurrences, which are many and read for other reasons.
 */
const sboms = `
create table sbom (
  number bigint generated always as identity primary key,
  id text not null unique,
  report_id bigint not null references report on delete cascade,
  -- What findings about it belong to: a repository, or an image by its name (image:acme/shop).
  repository text not null,
  commit text not null default '',
  ref text,
  -- Digest of the image; empty where it is about none.
  artifact bytea not null default '',
  image text,
  format text,
  spec_version text,
  name text,
  version text,
  generated_by text,
  assurance text not null,
  document text,
  components int not null,
  created_at timestamptz not null default now(),
  received_at timestamptz not null default now(),
  unique (report_id, commit, artifact)
);
create index sbom_repository on sbom (repository, number);
create index sbom_commit on sbom (commit, number) where commit <> '';
create index sbom_artifact on sbom (artifact, number) where artifact <> '';

-- Uploads that said the same again.
create table sbom_again (
  id text primary key,
  sbom_number bigint not null references sbom on delete cascade
);
create index sbom_again_sbom on sbom_again (sbom_number);

create table sbom_component (
  report_id bigint not null references report on delete cascade,
  component_version_id bigint not null,
  kind text,
  hashes text[] not null,
  primary key (report_id, component_version_id)
);

-- Needed by nobody but what the report is about: parent 0.
create table sbom_dependency (
  report_id bigint not null references report on delete cascade,
  parent_id bigint not null,
  child_id bigint not null,
  primary key (report_id, parent_id, child_id)
);`;

export const inventoryMigrations: readonly Migration[] = [
  { name: 'inventory-001-owners', sql: owners },
  { name: 'inventory-002-components', sql: components },
  { name: 'inventory-003-demo', sql: demo },
  { name: 'inventory-004-licences', sql: licences },
  { name: 'inventory-005-sboms', sql: sboms },
];
