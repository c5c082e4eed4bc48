import type { Migration } from '@throughline/service';

const tokens = `
create table token (
  id uuid primary key,
  name text not null,
  hash bytea not null unique,
  prefix text not null,
  rights text[] not null,
  team text,
  first boolean not null default false,
  created_by uuid references token,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  ended_at timestamptz,
  ended_because text
);
create index token_of_team on token (team, id);`;

const sessions = `
create table session (
  hash bytea primary key,
  token uuid not null references token,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_of_token on session (token);
create table sign_in_link (
  hash bytea primary key,
  token uuid not null references token,
  expires_at timestamptz not null
);`;

const teams = `
create table team (
  name text primary key,
  description text,
  created_at timestamptz not null default now()
);
create table application (
  name text primary key,
  team text not null,
  repositories text[] not null,
  revision bigint not null
);
create index application_of_team on application (team, name);
create index application_of_repository on application using gin (repositories);`;

const people = `
create table person (
  id uuid primary key,
  name text not null,
  email text,
  revision int not null default 1,
  created_at timestamptz not null default now(),
  created_by text not null,
  disabled_at timestamptz
);
create unique index person_by_name on person (lower(name));
create table role_binding (
  id uuid primary key,
  person uuid not null references person,
  role text not null,
  team text,
  application text,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  check (team is null or application is null),
  unique nulls not distinct (person, role, team, application)
);
alter table token add column person uuid references person;
alter table token add column first_used_at timestamptz;
create index token_of_person on token (person, id);
update token set first_used_at = last_used_at where first;`;

/** What finds tokens that are over, and what was made with them. */
const tokenAge = `
create index token_ended on token (ended_at) where ended_at is not null;
create index token_expires on token (expires_at);
create index token_made_with on token (created_by) where created_by is not null;`;

/** Tables of the module access. */
export const accessMigrations: readonly Migration[] = [
  { name: 'access-001-tokens', sql: tokens },
  { name: 'access-002-sessions', sql: sessions },
  { name: 'access-003-teams', sql: teams },
  { name: 'access-004-people', sql: people },
  { name: 'access-005-token-age', sql: tokenAge },
];
