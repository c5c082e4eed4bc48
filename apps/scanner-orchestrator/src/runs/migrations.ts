import type { Migration } from '@throughline/service';

export const runsMigrations: readonly Migration[] = [
  {
    name: '001-evidence',
    sql: `
      create table repository (
        id text primary key,
        registered_application text not null default 'unassigned',
        assigned_application text,
        application text not null generated always as (coalesce(assigned_application, registered_application)) stored
      );

      -- One plan for each subject: a commit of a repository.
      create table plan (
        id uuid primary key,
        repository text not null references repository,
        commit_id text not null,
        through_seq integer not null default 0,
        -- Counts up with every announcement.
        revision integer not null default 0,
        created_at timestamptz not null default now(),
        unique (repository, commit_id)
      );

      -- Why evidence is wanted: a push, a change request, a comparison. Its preparation decides which items are added.
      create table evidence_request (
        id uuid primary key,
        plan_id uuid not null references plan,
        ref text not null,
        -- Further refs that lead to the commit.
        via text[] not null,
        pull_request integer,
        -- Ref of the branch that is compared with, and the former head when it was a push.
        base_ref text,
        former text,
        base text,
        baseline boolean not null,
        rescan boolean not null,
        position bigint not null,
        state text not null default 'preparing' check (state in ('preparing', 'planned', 'failed')),
        failure text,
        -- Envelope of the fact that asked for it.
        cause text not null,
        created_at timestamptz not null default now()
      );
      create index evidence_request_by_plan on evidence_request (plan_id, created_at);

      create table evidence_item (
        id uuid primary key,
        plan_id uuid not null references plan,
        seq integer not null,
        request_id uuid not null references evidence_request,
        tool text not null,
        finds text[] not null,
        ruleset text not null,
        -- Digest of what the scanner reads of the tree.
        input text,
        state text not null check (state in ('planned', 'received', 'evaluated', 'failed', 'unavailable', 'not_applicable')),
        reason text,
        attempts integer not null default 0,
        tool_version text,
        sandbox text,
        cached boolean not null default false,
        report text,
        findings integer,
        components integer,
        duration_ms integer,
        planned_at timestamptz not null default now(),
        finished_at timestamptz,
        -- The ledger has applied it, or there was nothing to apply.
        closed_at timestamptz,
        unique (plan_id, seq)
      );

      -- What a scanner said about equal input before. The key covers tool, rules, adapter, sandbox and input.
      create table result_cache (
        key text primary key,
        report text not null,
        findings integer not null,
        components integer not null,
        ecosystems text[] not null,
        created_at timestamptz not null default now()
      );

      -- The heads of a branch in the order in which they followed one another, not in that of their arrival.
      create table branch_head (
        repository text not null,
        ref text not null,
        position bigint not null,
        commit_id text not null,
        former text,
        seen_at timestamptz not null default now(),
        primary key (repository, ref, position)
      );
      create index branch_head_by_commit on branch_head (repository, ref, commit_id);
      create index branch_head_by_former on branch_head (repository, ref, former);

      -- Tells the finding identity key from others.
      create table identity_key (check_value text primary key, created_at timestamptz not null default now());`,
  },
  {
    name: '002-weak-secrets',
    sql: `
      alter table identity_key add column position bigint generated always as identity;

      -- Names of secrets that could be guessed from their digest, which is here under seal.
      create table weak_secret (
        name uuid primary key,
        repository text not null,
        sealed bytea not null,
        made_at timestamptz not null default now()
      );
      create index weak_secret_repository on weak_secret (repository, made_at);`,
  },
  {
    name: '003-input-of-results',
    sql: `
      -- What a result was made of, so that it goes with the last repository that has it. Reports do not tell: empty ones are equal.
      delete from result_cache;
      alter table result_cache add column tool text not null, add column input text not null;
      create index result_cache_by_input on result_cache (input, tool);
      create index evidence_item_by_input on evidence_item (input, tool);`,
  },
  {
    name: '004-history',
    sql: `
      -- What the history of a commit holds: a later commit needs only what came since.
      create table history_scan (
        repository text not null,
        -- Digest of all but the history that decides the result.
        key text not null,
        commit_id text not null,
        report text not null,
        findings integer not null,
        scanned_at timestamptz not null default now(),
        primary key (repository, key, commit_id)
      );`,
  },
  {
    name: '005-first-looks',
    sql: `
      -- Asked for because a repository was connected: nobody waits for it.
      alter table evidence_request add column first boolean not null default false;`,
  },
  { name: '006-age-of-results', sql: 'create index result_cache_age on result_cache (created_at);' },
];
