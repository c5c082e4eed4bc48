import type { Migration } from '@throughline/service';

/** Days by severity, info first, as the tiers have them unless an application says otherwise. */
const days = {
  'tier-1': 'array[90, 90, 30, 7, 2]',
  'tier-2': 'array[180, 180, 90, 30, 7]',
  'tier-3': 'array[365, 365, 180, 60, 14]',
};

/**
 * The clock of a finding runs while it is there, nobody has settled it, and no exception covers it. It is stopped and started
 * by whatever writes one of the three, in the same statement: no writer can forget it.
 */
const clock = `
alter table application add column deadlines int[];
alter table finding add column paused_at timestamptz, add column paused interval not null default '0';

create function clock_runs(detection text, triage text, waiver uuid) returns boolean language sql immutable as
$$ select detection in ('open', 'not_evaluated') and triage not in ('not_affected', 'false_positive') and waiver is null $$;

create function turn_clock() returns trigger language plpgsql as $$
declare stood interval;
begin
  if clock_runs(new.detection, new.triage, new.waiver) then
    stood := make_interval(secs => extract(epoch from now() - coalesce(old.paused_at, now())));
    new.paused := old.paused + stood;
    new.due := new.due + stood;
    new.paused_at := null;
  else
    new.paused_at := now();
  end if;
  return new;
end $$;
create function stop_clock() returns trigger language plpgsql as $$ begin new.paused_at := coalesce(new.paused_at, now()); return new; end $$;

update finding f set
  paused_at = case when clock_runs(f.detection, f.triage, f.waiver) then null else now() end,
  due = f.first_seen + make_interval(days => case rated.tier
    when 'tier-1' then (${days['tier-1']})[rated.weight] when 'tier-3' then (${days['tier-3']})[rated.weight] else (${days['tier-2']})[rated.weight] end)
from (select g.number, a.tier, case when i.kev_added is null then g.severity else 4 end + 1 as weight
      from finding g left join application a on a.name = g.application left join intel i on i.cve = g.cve) as rated
where rated.number = f.number;

create trigger finding_clock before update of detection, triage, waiver on finding for each row
  when (clock_runs(old.detection, old.triage, old.waiver) is distinct from clock_runs(new.detection, new.triage, new.waiver))
  execute function turn_clock();
create trigger finding_clock_of_new before insert on finding for each row
  when (not clock_runs(new.detection, new.triage, new.waiver)) execute function stop_clock();`;

/** When findings are to be fixed. */
export const deadlinesMigrations: readonly Migration[] = [{ name: 'deadlines-001-clock', sql: clock }];
