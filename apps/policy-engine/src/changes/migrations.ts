import type { Migration } from '@throughline/service';

const changes = `
create table policy_change (
  id uuid primary key,
  name text not null references policy,
  kind text not null,
  -- The version that it would follow: an approval of a change of anything else counts for nothing.
  base int not null,
  source text,
  weakens text[] not null,
  -- JSON: decisions that would come out differently.
  would_pass text not null,
  -- Of all that and the id: what an approval names.
  digest text not null,
  requester text not null,
  requester_address text,
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  state text not null default 'awaiting_approval',
  decider text,
  decided_by text,
  decided_at timestamptz,
  reason text
);
create index policy_change_awaiting on policy_change (name) where state = 'awaiting_approval';`;

/** Also denials that stay, because other policies deny as well. */
const affected = 'alter table policy_change rename column would_pass to affected;';

/** A bundle waits as a whole: under no policy's name, and its base is a sequence. */
const ofBundles = `alter table policy_change alter column name drop not null,
  add constraint policy_change_name check ((name is null) = (kind = 'bundle'));`;

/** An application that would take more risk waits like a policy: under its own name, and its base is its version. */
const ofApplications = `alter table policy_change add column application text references application,
  drop constraint policy_change_name,
  add constraint policy_change_name check ((name is not null) = (kind in ('publish', 'delete'))),
  add constraint policy_change_application check ((application is not null) = (kind = 'application'));
create index policy_change_application on policy_change (application) where application is not null;`;

/** Also one that is not there yet: it may begin with a repository that was registered for a stricter one. */
const ofNewApplications = 'alter table policy_change drop constraint policy_change_application_fkey;';

/** After those of policies and applications. Changes stay like the versions they lead to. */
export const changesMigrations: readonly Migration[] = [
  { name: 'publication-001', sql: changes },
  { name: 'publication-002', sql: affected },
  { name: 'publication-003', sql: ofBundles },
  { name: 'changes-001', sql: ofApplications },
  { name: 'changes-002', sql: ofNewApplications },
];
