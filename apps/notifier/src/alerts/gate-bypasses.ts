import { Injectable, type OnModuleInit } from '@nestjs/common';
import { envelopeOf, type ChangeMerged, type ChangePushed, type Unpassed } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { NotifierConfig } from '../config.ts';
import { GateBypassAlerts } from './gate-bypass-alerts.ts';
import { HostWord } from './host-word.ts';
import { isRedeemed, mergeColumns, whatOf, type UnpassedMerge } from './gate-bypass-alert.ts';

/** What nobody could judge before it got in. */
export interface Unjudged {
  readonly repository: string;
  readonly what?: string;
  readonly number?: number;
}

/** Kind of the work that looks at a push when its grace is over. */
export const pushKind = 'pushed unjudged';
/** A merge has a head that was scanned before; of a push nothing was, and scans take minutes. */
const pushGrace = 10;

/** How a commit stands. */
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
  on conflict do nothing returning ${mergeColumns}`;
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
  where repository = $1 and what = $2 returning ${mergeColumns}`;
/** What a merge led its branch to: nothing is taken for a push that a merge made. */
const noteMerged = `
  insert into merged_commits (repository, base_ref, commit) select distinct $1, $2, commit from unnest($3::text[]) as made (commit)
  on conflict (repository, base_ref, commit) do update set merged_at = clock_timestamp()`;
const merge = 'select 1 from merged_commits where repository = $1 and base_ref = $2 and commit = $3';
const pushesOf = `select ${mergeColumns} from unpassed_merges where repository = $1 and base_ref = $2 and number is null and head = any($3::text[])`;

/** Notes what gets into a branch without a pass of the change gate. */
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
    await this.explain(tx, fact);
    const { repository, number } = fact;
    const head = fact.head ?? proposed;
    if (head === undefined) return;
    const at = new Date(envelopeOf(fact).time);
    const [stood] = await rows<Standing>(tx, standing, [repository, head, at]);
    if (isPassed(stood)) return;
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
    await this.lookLater(tx, kind, merge, stood);
  }

  /**
   * A default branch was moved without a change request, as far as is known yet: of the merge that made it the host may tell later.
   * Whether the branch requires anything is asked then, too. What nobody is named for was found by a look, and is nobody's doing.
   */
  async pushed(tx: Tx, fact: ChangePushed): Promise<void> {
    const { repository, after: head, ref } = fact;
    const direct = ref === `refs/heads/${fact.defaultBranch}` && fact.before !== undefined && !fact.rescan && !fact.first;
    if (!direct || fact.pusher === '') return;
    const at = new Date(envelopeOf(fact).time);
    const [stood] = await rows<Standing>(tx, standing, [repository, head, at]);
    const [merged] = await rows(tx, merge, [repository, ref, head]);
    if (merged || isPassed(stood)) return;
    const [push] = await rows<UnpassedMerge>(tx, note, [
      ...[repository, null, head, ref, fact.pusher, false, stoodThen(stood)],
      ...[at, null, null, stood?.since ? stood.result : null],
    ]);
    if (push && stood?.result === 'deny') await this.lookNow(tx, push);
    else if (push) await this.lookLater(tx, pushKind, push, stood);
  }

  /** Its grace is over: told unless it passes by now. A decision may have come while it was noted, and is looked up once more. */
  async settled(tx: Tx, { repository, ...which }: Unjudged): Promise<UnpassedMerge | undefined> {
    const [merge] = await rows<UnpassedMerge>(tx, settle, [repository, whatOf(which)]);
    if (merge?.alert !== null || isRedeemed(merge)) return undefined;
    await this.alerts.tell(tx, merge);
    return merge;
  }

  /** The head of a merge was judged, which its row says already. */
  async judged(tx: Tx, repository: string, head: string): Promise<void> {
    const sql = `select ${mergeColumns} from unpassed_merges where repository = $1 and head = $2`;
    for (const merge of await rows<UnpassedMerge>(tx, sql, [repository, head])) {
      if (merge.alert === null && merge.result !== 'deny') continue;
      // Of a push it is not known yet whether its branch requires anything.
      if (merge.alert === null && merge.number === null) await this.lookNow(tx, merge);
      else await this.alerts.tell(tx, merge);
    }
  }

  private async graceOver(lease: Lease<Unjudged>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.settled(tx, lease.payload);
      await lease.complete(tx);
    });
  }

  /** What the merge made was no push past the gate, whatever it looked like before. */
  private async explain(tx: Tx, { repository, baseRef, commit, head }: ChangeMerged): Promise<void> {
    const made = [commit, ...(head === undefined ? [] : [head])];
    await rows(tx, noteMerged, [repository, baseRef, made]);
    for (const push of await rows<UnpassedMerge>(tx, pushesOf, [repository, baseRef, made])) await this.alerts.explained(tx, push);
  }

  private async lookLater(tx: Tx, of: string, merge: UnpassedMerge, stood: Standing | undefined): Promise<void> {
    const { repository, what } = merge;
    const from = Math.max(Date.now(), stood?.releasedUntil?.getTime() ?? 0);
    const graceMs = this.config.undecidedGraceSeconds * 1000 * (of === pushKind ? pushGrace : 1);
    const payload: Unjudged = { repository, what };
    await this.work.add(tx, { kind: of, payload, dedupe: dedupeOf(merge), runAfter: new Date(from + graceMs) });
  }

  private async lookNow(tx: Tx, push: UnpassedMerge): Promise<void> {
    const { repository, what } = push;
    await this.work.drop(tx, pushKind, dedupeOf(push));
    await this.work.add(tx, { kind: pushKind, payload: { repository, what } satisfies Unjudged });
  }
}

const dedupeOf = ({ repository, what }: UnpassedMerge): string => `${repository} ${what}`;

const isPassed = (standing: Standing | undefined): boolean => standing?.result === 'pass' || standing?.result === 'warn';

function stoodThen(standing: Standing | undefined): Unpassed {
  if (!standing) return 'untold';
  if (standing.since) return 'pending';
  return standing.releasedUntil === null ? (standing.result as Unpassed) : 'released';
}
