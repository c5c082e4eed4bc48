import type { Migration } from '@throughline/service';

const issuers = `
create table ci_issuer (
  name text primary key,
  version int not null,
  -- Null when it was deleted; its versions stay, and a new one of the name goes on where it ended.
  issuer text unique,
  document text
);
create table ci_issuer_version (
  name text not null references ci_issuer,
  version int not null,
  document text,
  updated_by text not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (name, version)
);
create table ci_token_use (
  issuer text not null,
  jti text not null,
  expires_at timestamptz not null,
  primary key (issuer, jti)
);
create index ci_token_use_age on ci_token_use (expires_at);
-- What a job may speak about, as JSON, and whose token it came in with.
alter table token add column bound text, add column ci_issuer text;
create index token_of_ci on token (ci_issuer, expires_at) where ci_issuer is not null;`;

/** Tables of the module ci. */
export const ciMigrations: readonly Migration[] = [{ name: 'ci-001-issuers', sql: issuers }];
