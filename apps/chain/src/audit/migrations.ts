import { monthlyPartitions } from '@throughline/messaging';
import type { Migration } from '@throughline/service';

const keptDays = 400;

const entries = `
create table audit_entry (
  day date not null,
  service text not null,
  number bigint not null,
  at timestamptz not null,
  actor text not null,
  actor_name text not null,
  via text not null,
  token text,
  operation text not null,
  subject text not null,
  outcome text not null,
  status int,
  address text,
  previous text not null,
  digest text not null,
  primary key (day, service, number)
) partition by range (day);
create index audit_newest on audit_entry (number, service);
create index audit_of_actor on audit_entry (actor, number);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only appended to';
end $$;
create trigger audit_is_appended_to before update or delete on audit_entry for each row execute function refuse_change();
${monthlyPartitions('audit_entry', 'day', keptDays)}`;

/** Tables of the module audit. */
export const auditMigrations: readonly Migration[] = [{ name: 'audit-001-entries', sql: entries }];
