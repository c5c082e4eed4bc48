import type { Migration } from '@throughline/service';

/**
 * An advisory is what one feed says under one id: a feed that withdraws withdraws only its own statement. What is affected
 * is kept as the publisher wrote it and compared, version by version, when it is needed.
 */
const advisories = `
create table advisory (
  id bigint generated always as identity primary key,
  feed text not null,
  osv_id text not null,
  digest bytea not null,
  summary text not null,
  details text not null,
  severity text not null,
  cvss real,
  cvss_vector text,
  severity_known boolean not null,
  published_at timestamptz,
  modified_at timestamptz not null,
  withdrawn_at timestamptz,
  retracted_at timestamptz,
  retracted_because text,
  record bytea not null,
  imported_at timestamptz not null default now(),
  unique (feed, osv_id)
);
create index advisory_osv_id on advisory (osv_id);

create table advisory_name (
  name text not null,
  advisory_id bigint not null references advisory on delete cascade,
  primary key (name, advisory_id)
);
create index advisory_name_advisory on advisory_name (advisory_id);

create table advisory_package (
  advisory_id bigint not null references advisory on delete cascade,
  ecosystem text not null,
  name text not null,
  entries text not null,
  primary key (advisory_id, ecosystem, name)
);
create index advisory_package_name on advisory_package (ecosystem, name);

create table feed (
  name text primary key,
  last_success timestamptz,
  accepted bigint not null default 0,
  last_error text,
  last_error_at timestamptz
);

create table ecosystem_data (
  ecosystem text primary key,
  since timestamptz not null default now(),
  as_of timestamptz not null default now()
);`;

/** Alias groups have ids of their own: which advisories speak of the same vulnerability may become known later. */
const groups = `
create table advisory_group (
  id bigint generated always as identity primary key,
  cve text unique,
  merged_into bigint references advisory_group
);

create table advisory_group_member (
  group_id bigint not null references advisory_group,
  advisory_id bigint not null references advisory on delete cascade,
  primary key (group_id, advisory_id)
);
create index advisory_group_member_advisory on advisory_group_member (advisory_id);

create table affected (
  component_version_id bigint not null references component_version,
  advisory_id bigint not null references advisory on delete cascade,
  unknown boolean not null,
  matcher_version smallint not null,
  primary key (component_version_id, advisory_id)
);
create index affected_advisory on affected (advisory_id);`;

const intel = `
create table intel (
  cve text primary key,
  kev_added date,
  kev_due date,
  kev_ransomware boolean,
  epss real,
  epss_percentile real,
  epss_model text,
  epss_date date
);`;

/** The demo's advisories are a world of their own: they join no other's group and are no other's data. */
const demo = `
alter table advisory add column demo boolean not null generated always as (feed = 'demo') stored;
alter table advisory_group add column demo boolean not null default false, drop constraint advisory_group_cve_key, add unique (cve, demo);
alter table ecosystem_data add column demo boolean not null default false, drop constraint ecosystem_data_pkey, add primary key (ecosystem, demo);`;

/** NuGet and Packagist do not look at case. An advisory with two spellings of one name is left: the next change of it mends that. */
const lowerCase = `
update advisory_package p set name = lower(p.name) where p.ecosystem in ('NuGet', 'Packagist') and p.name <> lower(p.name)
  and not exists (select 1 from advisory_package o where o.advisory_id = p.advisory_id and o.ecosystem = p.ecosystem
    and o.name <> p.name and lower(o.name) = lower(p.name));`;

/** A held sync keeps the digest of its file: a person agrees to that file and to no other one. */
const sync = `
alter table feed add column format text not null default 'osv', add column version text;
alter table intel add column kev_feed text;
update intel set kev_feed = 'kev' where kev_added is not null;
create index intel_kev_feed on intel (kev_feed) where kev_feed is not null;

create table feed_source (
  feed text primary key references feed (name) on delete cascade,
  format text not null,
  url text not null,
  every_seconds integer,
  etag text,
  last_modified text,
  taken_digest bytea,
  refused_digest bytea,
  ecosystems text[] not null default '{}'
);

create table feed_sync (
  id bigint generated always as identity primary key,
  feed text not null references feed (name) on delete cascade,
  format text not null,
  url text not null,
  state text not null,
  began_at timestamptz not null default now(),
  ended_at timestamptz,
  bytes bigint not null default 0,
  bytes_total bigint,
  etag text,
  last_modified text,
  complete boolean not null default false,
  digest bytea,
  released_digest bytea,
  decided_by text,
  records integer not null default 0,
  accepted integer not null default 0,
  unchanged integer not null default 0,
  rejected integer not null default 0,
  withdraws integer not null default 0,
  reranges integer not null default 0,
  standing integer not null default 0,
  error text
);
create index feed_sync_feed on feed_sync (feed, id desc);
create unique index feed_sync_open on feed_sync (feed) where state not in ('done', 'failed', 'discarded');`;

/**
 * What was compared by an older order of versions is compared anew, once. Packages that were known only by the type of
 * their package URL have an ecosystem now; one with two spellings is left as it is until it is seen again.
 */
const matcher = `
create table matcher (version smallint not null);
insert into matcher values (1);
update package p set ecosystem = given.ecosystem
  from (values ('hex', 'Hex'), ('pub', 'Pub'), ('cran', 'CRAN'), ('hackage', 'Hackage'), ('swift', 'SwiftURL'),
    ('githubactions', 'GitHub Actions'), ('bitnami', 'Bitnami'), ('julia', 'Julia')) as given (type, ecosystem)
  where p.ecosystem = given.type and (given.type in ('cran', 'hackage', 'julia') or p.name = lower(p.name))
    and not exists (select 1 from package o where o.ecosystem = given.ecosystem and o.name = p.name);`;

export const advisoriesMigrations: readonly Migration[] = [
  { name: 'advisories-001-advisories', sql: advisories },
  { name: 'advisories-002-groups', sql: groups },
  { name: 'advisories-003-intel', sql: intel },
  { name: 'advisories-004-feed-trust', sql: 'alter table feed add column trusted_for_fixes boolean not null default false;' },
  { name: 'advisories-005-demo', sql: demo },
  { name: 'advisories-006-lower-case', sql: lowerCase },
  { name: 'advisories-007-feed-sync', sql: sync },
  { name: 'advisories-008-matcher', sql: matcher },
];
