import type { Migration } from '@throughline/service';

export const reportsMigrations: readonly Migration[] = [
  {
    name: 'reports-001-uploads',
    sql: `
      -- An uploaded report is an item of its commit's plan, without a request behind it.
      alter table evidence_item alter column request_id drop not null;
      alter table evidence_item add column assurance text;

      create table uploaded_report (
        id uuid primary key,
        plan_id uuid not null references plan,
        seq integer not null,
        format text not null,
        tool text not null,
        -- Line of development that it says it is about, and where the commit stands on it.
        line text not null,
        position bigint not null,
        pull_request integer,
        scope text not null,
        complete boolean not null,
        -- What is only shown: artifact, environment, target, scannedAt.
        about text not null,
        -- Of the bytes as they were unpacked, and of everything that was said about them.
        digest text not null,
        said text not null,
        bytes bigint not null,
        assurance text not null,
        principal text not null,
        principal_name text not null,
        state text not null check (state in ('queued', 'running', 'done', 'parked', 'failed')),
        -- Key of the sealed file, while the report waits to be read.
        sealed bytea,
        report text,
        accepted integer,
        rejected text not null default '[]',
        unread integer,
        failure text,
        opened integer,
        unchanged integer,
        resolved integer,
        reopened integer,
        parked_resolves integer,
        parked_open integer,
        confirmed_by text,
        same_as uuid,
        created_at timestamptz not null default now(),
        finished_at timestamptz,
        unique (plan_id, seq)
      );
      create index uploaded_report_again on uploaded_report (plan_id, digest, said);
      create index uploaded_report_age on uploaded_report (created_at);`,
  },
  {
    name: 'reports-002-change-only',
    sql: `
      -- Why a report of a CI job counts at the change gate only.
      alter table uploaded_report add column change_only text;
      alter table evidence_item add column change_only boolean not null default false;`,
  },
  {
    name: 'reports-003-sboms',
    sql: `
      -- What an SBOM says about itself; null for other reports.
      alter table uploaded_report add column sbom text;`,
  },
  {
    name: 'reports-004-images',
    sql: `
      -- Image that is pulled and read, by its digest; null for what was sent.
      alter table uploaded_report add column pulled text;`,
  },
  {
    name: 'reports-005-mappings',
    sql: `
      -- Formats that this installation declares. The highest version of a name applies; one that is deleted takes it away.
      create table report_mapping (
        name text not null,
        version integer not null,
        title text not null,
        finds text[] not null,
        source text not null,
        deleted boolean not null,
        by_name text not null,
        at timestamptz not null default clock_timestamp(),
        primary key (name, version)
      );
      -- By which version of a mapping it is read; null for a format that is built in.
      alter table uploaded_report add column mapping integer;`,
  },
];
