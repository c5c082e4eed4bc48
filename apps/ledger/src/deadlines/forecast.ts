import { Injectable } from '@nestjs/common';
import type { FindingForecast, FindingQuery, ForecastGroup } from '@throughline/contracts';
import { Database, plannedAnew, type Identity } from '@throughline/service';
import { findingFilter } from '../findings/finding-filter.ts';
import { severityAt } from '../findings/severity-weight.ts';

/** A row is a group, or a day; its counts are of both. */
interface Counted {
  readonly application: string | null;
  readonly owner: string | null;
  readonly severity: number | null;
  readonly day: string | null;
  readonly breached: number;
  readonly breaching: number;
  readonly from: Date;
  readonly until: Date;
}

const mostGroups = 1_000;

/** A clock that an exception holds goes on when that ends, and is late then if it was late before. */
const resumes = 'greatest(coalesce(w.until, now()), now())';
const breach = `case when f.paused_at is null then f.due
  else greatest(${resumes}, f.due + make_interval(secs => extract(epoch from ${resumes} - f.paused_at))) end`;

/** Which deadlines will be broken. */
@Injectable()
export class Forecast {
  constructor(private readonly database: Database) {}

  /** Of what the filters find: what is late, and what will be within so many days if nobody does anything. */
  async of(query: FindingQuery, days: number, caller: Identity): Promise<FindingForecast> {
    const filter = findingFilter(query, caller);
    const until = `now() + make_interval(days => ${filter.param(days)}::int)`;
    // A pause only moves a deadline away: none that is due later can be broken by then.
    const counted = await this.database.rows<Counted>(
      `${plannedAnew} with coming as (
         select f.application, coalesce(f.code_owners[1], a.owners[1], 'unowned') as owner, f.severity, ${breach} as breach
         from finding f left join application a on a.name = f.application left join waiver w on w.id = f.waiver and not w.ended
         where ${filter.where} and f.due <= ${until} and clock_runs(f.detection, f.triage, null))
       select application, owner, severity, to_char(breach at time zone 'UTC', 'YYYY-MM-DD') as day,
         count(*) filter (where breach <= now())::int as breached, count(*) filter (where breach > now())::int as breaching,
         now() as "from", ${until} as until
       from coming where breach <= ${until}
       group by grouping sets ((application, owner, severity), (to_char(breach at time zone 'UTC', 'YYYY-MM-DD')), ())
       order by breaching desc, breached desc, application, owner, severity desc`,
      filter.params,
    );
    return answerOf(counted);
  }
}

function answerOf(counted: readonly Counted[]): FindingForecast {
  const groups = counted.filter(({ application }) => application !== null);
  const all = counted.find(({ application, day }) => application === null && day === null)!;
  const days = counted
    .filter(({ day, breaching }) => day !== null && breaching > 0)
    .map(({ day, breaching }) => ({ day: day!, breaching }));
  return {
    from: all.from.toISOString(),
    until: all.until.toISOString(),
    breached: all.breached,
    breaching: all.breaching,
    groups: groups.slice(0, mostGroups).map(groupOf),
    more: groups.length > mostGroups,
    days: days.sort((a, b) => a.day.localeCompare(b.day)),
  };
}

function groupOf({ application, owner, severity, breached, breaching }: Counted): ForecastGroup {
  return { application: application!, owner: owner!, severity: severityAt(severity!), breached, breaching };
}
