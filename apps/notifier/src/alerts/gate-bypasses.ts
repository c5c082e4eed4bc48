import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ChangeMerged } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { NotifierConfig } from '../config.ts';
import { GateBypassAlerts } from './gate-bypass-alerts.ts';
import { isRedeemed, type UnpassedMerge } from './gate-bypass-alert.ts';

/** A merge that nobody could judge before it was made. */
interface Unjudged {
  readonly repository: string;
  readonly number: number;
}

/** How the head of a change request stands. */
interface Standing {
  readonly result: 'pending' | 'undecided' | 'deny' | 'pass' | 'warn';
  /** Until when it passes unjudged. */
  readonly releasedUntil: Date | null;
}

const kind = 'merged unjudged';
const columns = `repository, number, head, base_ref as "baseRef", by_login as by, bypass, stood, result, merged_at as "mergedAt", alert`;
/** What was decided is forgotten after a month; what blocked was told by then. */
const standing = `
  select coalesce(decision::json ->> 'result', case when unjudged then 'pending' else 'pass' end) as result, until as "releasedUntil"
  from commit_statuses status left join check_releases release on release.id = status.release
  where status.repository = $1 and status.commit = $2`;
const note = `
  insert into unpassed_merges (repository, number, head, base_ref, by_login, bypass, stood) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (repository, number) do nothing returning ${columns}`;
const noteReleased = `
  update released_checks set number = $3, merged_by = $4, merged_at = clock_timestamp()
  where repository = $1 and commit = $2 and merged_at is null and result is null`;
const settle = `
  update unpassed_merges merge set result = coalesce((
    select decision::json ->> 'result' from commit_statuses status where status.repository = merge.repository and status.commit = merge.head), result)
  where repository = $1 and number = $2 returning ${columns}`;

/** Notes what is merged without a pass of the change gate. */
@Injectable()
export class GateBypasses implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly alerts: GateBypassAlerts,
    private readonly work: WorkQueue,
    private readonly config: NotifierConfig,
  ) {}

  onModuleInit(): void {
    this.work.handle<Unjudged>(kind, { concurrency: 2, leaseSeconds: 30, maxAttempts: 20 }, (lease) => this.graceOver(lease));
  }

  /** What was blocked is told at once; what is not judged yet gets some time, or as long as it was released. */
  async merged(tx: Tx, fact: ChangeMerged, head: string): Promise<void> {
    const { repository, number, baseRef, mergedBy, bypass = false } = fact;
    const [stood] = await rows<Standing>(tx, standing, [repository, head]);
    if (!stood || stood.result === 'pass' || stood.result === 'warn') return;
    const how = stood.releasedUntil === null ? stood.result : 'released';
    const [merge] = await rows<UnpassedMerge>(tx, note, [repository, number, head, baseRef, mergedBy, bypass, how]);
    if (!merge) return;
    if (how === 'released') await rows(tx, noteReleased, [repository, head, number, mergedBy]);
    if (how === 'deny') return this.alerts.tell(tx, merge);
    const from = Math.max(Date.now(), stood.releasedUntil?.getTime() ?? 0);
    const runAfter = new Date(from + this.config.undecidedGraceSeconds * 1000);
    await this.work.add(tx, { kind, payload: { repository, number } satisfies Unjudged, runAfter });
  }

  /** The head of a merge was judged, which its row says already. */
  async judged(tx: Tx, repository: string, head: string): Promise<void> {
    const sql = `select ${columns} from unpassed_merges where repository = $1 and head = $2`;
    for (const merge of await rows<UnpassedMerge>(tx, sql, [repository, head])) {
      if (merge.result === 'deny' || merge.alert !== null) await this.alerts.tell(tx, merge);
    }
  }

  /** A decision may have come while the merge was noted: it is looked up once more. */
  private async graceOver(lease: Lease<Unjudged>): Promise<void> {
    const { repository, number } = lease.payload;
    await this.database.transaction(async (tx) => {
      const [merge] = await rows<UnpassedMerge>(tx, settle, [repository, number]);
      if (merge?.alert === null && !isRedeemed(merge)) await this.alerts.tell(tx, merge);
      await lease.complete(tx);
    });
  }
}
