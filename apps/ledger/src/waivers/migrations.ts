import type { Migration } from '@throughline/service';

/** What policy-engine granted, as it told it; findings point to the one that covers them. */
const waivers = `
create table waiver (
  id uuid primary key,
  label text not null,
  application text not null,
  repository text,
  -- As the evaluator of waivers takes it, JSON.
  document text not null,
  reason text not null,
  approved_by text not null,
  until timestamptz not null,
  ended boolean not null default false,
  -- When its owner was told that what it leans on is gone.
  broken_at timestamptz,
  sequence bigint not null
);
create index waiver_application on waiver (application) where not ended;
alter table finding add column waiver uuid;
create index finding_waiver on finding (waiver) where waiver is not null;`;

/** Shadows of waivers on the findings that they cover. */
export const waiversMigrations: readonly Migration[] = [{ name: 'waivers-001', sql: waivers }];
