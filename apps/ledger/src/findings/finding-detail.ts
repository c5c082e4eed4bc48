import { Injectable } from '@nestjs/common';
import type { Detection, FindingDetail, FindingEvent, Page, PageQuery, RiskAnswer } from '@throughline/contracts';
import { riskOf } from '@throughline/findings';
import { Database, decodeCursor, defaultLimit, pageOf, sees, ServiceConfig, withoutNulls, type Identity } from '@throughline/service';
import { uuid } from '../uuid.ts';
import { noSuchFinding } from './asked-finding.ts';
import { answerOf, deadlineOf, findingColumns, findingJoins, type FindingRow } from './finding-answer.ts';
import { severityAt } from './severity-weight.ts';

interface DetailRow extends FindingRow {
  readonly revision: number;
  readonly description: string | null;
  readonly help: string | null;
  readonly resource: string | null;
  readonly preview: string | null;
  readonly confidence: string | null;
  readonly advisory: string | null;
  readonly cvss: number | null;
  readonly tier: 'tier-1' | 'tier-2' | 'tier-3' | null;
  readonly exposure: string | null;
}

interface LineRow {
  readonly line: string;
  readonly tool: string;
  readonly detection: Detection;
  readonly since: Date;
}

interface EventRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: 'detection' | 'triage';
  readonly from: string | null;
  readonly to: string;
  readonly tool: string | null;
  readonly commit: string | null;
  readonly line: string | null;
  readonly by: string | null;
  readonly reason: string | null;
}

const formula = '100 × base × likelihood × exposure × impact';

/** One finding, by its id or that of an alias. */
@Injectable()
export class FindingDetails {
  constructor(
    private readonly database: Database,
    private readonly config: ServiceConfig,
  ) {}

  async read(id: string, caller: Identity): Promise<FindingDetail> {
    const row = await this.find(id, caller);
    const { description, help, resource, preview, confidence, advisory, cvss } = row;
    return {
      ...answerOf(row, this.config.linkBase),
      revision: row.revision,
      ...withoutNulls({ description, help, resource, preview, confidence, advisory, cvss }),
      lines: (await this.lines(row.number)).map((line) => ({ ...line, since: line.since.toISOString() })),
    };
  }

  async risk(id: string, caller: Identity): Promise<RiskAnswer> {
    const row = await this.find(id, caller);
    const { cvss, epss, tier, exposure } = row;
    const { score, priority, factors } = riskOf({
      class: row.class,
      severity: severityAt(row.severity),
      knownExploited: row.exploited,
      ...withoutNulls({ cvss, epss, tier }),
      ...(exposure === 'internet' && { deployment: 'internet' as const }),
    });
    return { score, priority, ...deadlineOf(row), formula, factors };
  }

  async history(id: string, query: PageQuery, caller: Identity): Promise<Page<FindingEvent>> {
    const { number } = await this.find(id, caller);
    const [after] = decodeCursor(query.cursor, 1) ?? ['0'];
    const found = await this.database.rows<EventRow>(
      `select id, at, kind, before_state as "from", after_state as "to", tool, commit, line, person as "by", reason from finding_event
       where finding_number in (select number from finding where number = $1 or alias_of = $1) and id > $2::bigint order by id limit $3`,
      [number, after, (query.limit ?? defaultLimit) + 1],
    );
    const { items, next } = pageOf(found, query.limit, (event) => [event.id]);
    return { items: items.map(eventOf), next };
  }

  private async find(id: string, caller: Identity): Promise<DetailRow> {
    const [row] = uuid.test(id)
      ? await this.database.rows<DetailRow>(
          `select ${findingColumns}, f.revision, f.description, f.help, f.resource, f.preview, f.confidence, f.advisory, f.cvss, owner.tier, owner.exposure
           from finding asked join finding f on f.number = coalesce(asked.alias_of, asked.number) ${findingJoins} where asked.id = $1`,
          [id],
        )
      : [];
    if (!row || !sees(caller, row.application)) throw noSuchFinding();
    return row;
  }

  private lines(number: string): Promise<LineRow[]> {
    return this.database.rows<LineRow>(
      `select l.line, l.tool, s.detection, s.changed_at as since from finding_state s join lineage l on l.id = s.lineage_id
       where s.finding_number = $1 order by s.changed_at desc limit 100`,
      [number],
    );
  }
}

function eventOf({ at, kind, from, to, tool, commit, line, by, reason }: EventRow): FindingEvent {
  return { at: at.toISOString(), kind, to, ...withoutNulls({ from, tool, commit, line, by, reason }) };
}
