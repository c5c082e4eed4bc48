import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { FindingClass } from '@throughline/contracts';
import { riskOf } from '@throughline/findings';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { daysToFix } from '@throughline/policy';
import { Database, rows, type Tx } from '@throughline/service';
import { given } from '../bulk.ts';
import { deadlinesOf, type KeptDeadlines } from '../deadlines/application-deadlines.ts';
import { dueAfter } from '../deadlines/due.ts';
import { OwnerRules } from '../owners/owner-rules.ts';
import { workKinds } from '../work-kinds.ts';
import { WaiverShadows } from '../waivers/waiver-shadows.ts';
import { severityAt } from './severity-weight.ts';

/** Whose findings are computed anew. */
interface Scope {
  readonly repository?: string;
  readonly cves?: readonly string[];
}

interface Rated {
  readonly number: string;
  readonly path: string | null;
  readonly class: FindingClass;
  readonly severity: number;
  readonly cvss: number | null;
  readonly application: string;
  readonly tier: 'tier-1' | 'tier-2' | 'tier-3' | null;
  readonly exposure: string | null;
  readonly deadlines: KeptDeadlines | null;
  readonly exploited: boolean;
  readonly epss: number | null;
}

const pageSize = 2_000;

const page = `
  select f.number, f.path, f.class, f.severity, f.cvss, coalesce(r.application, 'unassigned') as application, a.tier, a.exposure, a.deadlines,
    i.kev_added is not null as exploited, i.epss
  from finding f
  left join repository r on r.id = f.repository left join application a on a.name = r.application left join intel i on i.cve = f.cve
  where f.number > $1 and (f.repository = $2 or f.cve = any($3::text[])) order by f.number limit ${pageSize}`;

/** Brings owner, risk and deadline of findings up to date when an application, the owners of code, KEV or EPSS change. */
@Injectable()
export class RescoreWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly owners: OwnerRules,
    private readonly waivers: WaiverShadows,
  ) {}

  onModuleInit(): void {
    this.work.handle<Scope>(workKinds.rescore, { concurrency: 1, leaseSeconds: 120, maxAttempts: 8 }, (lease) => this.rescore(lease));
  }

  private async rescore(lease: Lease<Scope>): Promise<void> {
    const { repository = null, cves = [] } = lease.payload;
    let last = '0';
    for (let full = true; full && !lease.signal.aborted;) {
      const rated = await this.database.transaction(async (tx) => {
        const found = await rows<Rated>(tx, page, [last, repository, cves]);
        await update(tx, found);
        if (repository !== null) await this.owners.apply(tx, repository, found);
        return found;
      });
      full = rated.length === pageSize;
      last = rated.at(-1)?.number ?? last;
      if (full) await lease.renew();
    }
    await this.database.transaction(async (tx) => {
      await rows(
        tx,
        `update evaluation e set application = r.application from repository r where r.id = e.repository and e.repository = $1`,
        [repository],
      );
      if (repository !== null) await this.waivers.changed(tx, repository);
      await lease.complete(tx);
    });
  }
}

async function update(tx: Tx, found: readonly Rated[]): Promise<void> {
  const scored = found.map((one) => ({ ...one, risk: riskOfRated(one) }));
  const table = given(scored, {
    number: { type: 'bigint', of: ({ number }) => number },
    application: { type: 'text', of: ({ application }) => application },
    risk: { type: 'real', of: ({ risk }) => risk.score },
    priority: { type: 'text', of: ({ risk }) => risk.priority },
    days: { type: 'int', of: daysOfRated },
  });
  await rows(
    tx,
    `update finding f set application = given.application, risk = given.risk, priority = given.priority, due = ${dueAfter('given.days')}
     from ${table.sql} where f.number = given.number and (f.application, f.risk, f.priority, f.due)
       is distinct from (given.application, given.risk, given.priority, ${dueAfter('given.days')})`,
    table.params,
  );
}

function daysOfRated({ tier, deadlines, severity, exploited }: Rated): number {
  return daysToFix(deadlinesOf(tier, deadlines), severityAt(severity), exploited);
}

function riskOfRated(rated: Rated): ReturnType<typeof riskOf> {
  const { severity, cvss, exploited, epss, tier, exposure } = rated;
  return riskOf({
    class: rated.class,
    severity: severityAt(severity),
    knownExploited: exploited,
    ...(cvss !== null && { cvss }),
    ...(epss !== null && { epss }),
    ...(tier !== null && { tier }),
    ...(exposure === 'internet' && { deployment: 'internet' as const }),
  });
}
