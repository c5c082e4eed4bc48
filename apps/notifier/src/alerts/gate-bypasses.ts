import { Injectable, type OnModuleInit } from '@nestjs/common';
import { envelopeOf, type ChangeMerged, type Unpassed } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { NotifierConfig } from '../config.ts';
import { GateBypassAlerts } from './gate-bypass-alerts.ts';
import { HostWord } from './host-word.ts';
import { isRedeemed, mergeColumns, type UnpassedMerge } from './gate-bypass-alert.ts';

/** A merge that nobody could judge before it was made. */
interface Unjudged {
  readonly repository: string;
  readonly number: number;
}

/** How the head of a change request stands. */
interface Standing {
  readonly result: 'pending' | 'undecided' | 'deny' | 'pass' | 'warn';
  /** The first judgement came after the merge. */
  readonly since: boolean;
  /** Until when it passes unjudged. */
  readonly releasedUntil: Date | null;
}

const kind = 'merged unjudged';
/** What was decided is forgotten after a month; what blocked was told by then. Waits are kept in whole seconds. */
const standing = `
  select coalesce(decision::json ->> 'result', case when unjudged then 'pending' else 'pass' end) as result, until as "releasedUntil",
    not unjudged and decided_at > $3 and case when waited_seconds is null then revision <= 1
      else pending_since + make_interval(secs => waited_seconds + 1) > $3 end as since
  from commit_statuses status left join check_releases release on release.id = status.release
  where status.repository = $1 and status.commit = $2`;
const note = `
  insert into unpassed_merges (repository, number, head, base_ref, by_login, bypass, stood, merged_at, commit, proposed, result)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict (repository, number) do nothing returning ${mergeColumns}`;
const noteReleased = `
  update released_checks set number = $3, merged_by = $4, merged_at = clock_timestamp()
  where repository = $1 and commit = $2 and merged_at is null and result is null`;
/** A decision may have been made before the merge, and have come here after it. */
const settle = `
  update unpassed_merges merge set (result, stood) = (
    select coalesce(decision::json ->> 'result', merge.result),
      case when decision::json ->> 'result' = 'deny' and decided_at <= merge.merged_at and merge.stood <> 'released' then 'deny'
        else merge.stood end
    from (select 1) as one left join commit_statuses status on status.repository = merge.repository and status.commit = merge.head)
  where repository = $1 and number = $2 returning ${mergeColumns}`;

/** Notes what is merged without a pass of the change gate. */
@Injectable()
export class GateBypasses implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly alerts: GateBypassAlerts,
    private readonly work: WorkQueue,
    private readonly host: HostWord,
    private readonly config: NotifierConfig,
  ) {}

  onModuleInit(): void {
    this.work.handle<Unjudged>(kind, { concurrency: 2, leaseSeconds: 30, maxAttempts: 20 }, (lease) => this.graceOver(lease));
  }

  /**
   * What was blocked is told at once; what is not judged yet, or was never told, gets some time, or as long as it was released.
   * It goes by the commit that was merged: somebody may have pushed another one after what was `proposed` last.
   */
  async merged(tx: Tx, fact: ChangeMerged, proposed: string | undefined): Promise<void> {
    const { repository, number } = fact;
    const head = fact.head ?? proposed;
    if (head === undefined) return;
    const at = new Date(envelopeOf(fact).time);
    const [stood] = await rows<Standing>(tx, standing, [repository, head, at]);
    if (stood?.result === 'pass' || stood?.result === 'warn') return;
    // Neither the commit nor its request was ever told of: it was opened before its repository was connected, and is nobody's doing.
    if (!stood && proposed === undefined && fact.bypass !== true) return;
    const how = stoodThen(stood);
    const other = proposed === undefined || proposed === head ? null : proposed;
    const [merge] = await rows<UnpassedMerge>(tx, note, [
      ...[repository, number, head, fact.baseRef, fact.mergedBy, fact.bypass ?? false, how],
      ...[at, fact.commit, other, stood?.since ? stood.result : null],
    ]);
    if (!merge) return;
    await this.host.wanted(tx, merge);
    if (how === 'released') await rows(tx, noteReleased, [repository, head, number, fact.mergedBy]);
    if (stood?.result === 'deny') return this.alerts.tell(tx, merge);
    const from = Math.max(Date.now(), stood?.releasedUntil?.getTime() ?? 0);
    const runAfter = new Date(from + this.config.undecidedGraceSeconds * 1000);
    await this.work.add(tx, { kind, payload: { repository, number } satisfies Unjudged, runAfter });
  }

  /** The head of a merge was judged, which its row says already. */
  async judged(tx: Tx, repository: string, head: string): Promise<void> {
    const sql = `select ${mergeColumns} from unpassed_merges where repository = $1 and head = $2`;
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

function stoodThen(standing: Standing | undefined): Unpassed {
  if (!standing) return 'untold';
  if (standing.since) return 'pending';
  return standing.releasedUntil === null ? (standing.result as Unpassed) : 'released';
}
