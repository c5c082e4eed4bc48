import { Injectable, type OnModuleInit } from '@nestjs/common';
import { make, ReplayedDecision } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { canonicalJson, type Reason } from '@throughline/policy';
import { Database } from '@throughline/service';
import { subjectOf } from '../decisions/decision-fact.ts';
import { DecisionRows, type DecisionRow } from '../decisions/decision-rows.ts';
import { workKinds, type ReplayWork as Payload } from '../work-kinds.ts';
import { Judging } from './judging.ts';
import { ReplayRows, type Progress, type ReplayRow } from './replay-rows.ts';

const atOnce = 20;
const mostDecisions = 5_000;
const mostNamed = 500;

/** Judges kept decisions again with a policy, the latest first, page by page; what was done is kept after each page. */
@Injectable()
export class ReplayWork implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly table: ReplayRows,
    private readonly decisions: DecisionRows,
    private readonly judging: Judging,
  ) {}

  onModuleInit(): void {
    const onDead = async ({ payload }: Lease<Payload>, tx: Parameters<ReplayRows['fail']>[0], error: Error): Promise<void> =>
      this.table.fail(tx, payload.replay, error.message);
    this.work.handle<Payload>(workKinds.replay, { concurrency: 1, leaseSeconds: 120, maxAttempts: 5, onDead }, (lease) =>
      this.handle(lease),
    );
  }

  private async handle(lease: Lease<Payload>): Promise<void> {
    let replay = await this.database.transaction((tx) => this.table.find(tx, lease.payload.replay));
    while (replay && replay.status !== 'done' && replay.status !== 'failed') {
      if (lease.signal.aborted) throw new Error('the service stops: the replay goes on where it was');
      replay = await this.page(replay);
      await lease.renew();
    }
  }

  private async page(replay: ReplayRow): Promise<ReplayRow | undefined> {
    const { id, since, gates, applications, cursor } = replay;
    const caller = { kind: 'user', id, name: 'replay', rights: [], applications } as const;
    const filter = { from: since.toISOString(), gates, ...(cursor === null ? {} : { before: cursor }) };
    const found = await this.database.transaction((tx) => this.decisions.page(tx, filter, caller, atOnce));
    let progress: Progress = replay;
    for (const row of found) progress = await this.again(progress, row, replay);
    const truncated = progress.decisions + progress.gone >= mostDecisions && found.length === atOnce;
    const status = found.length < atOnce || truncated ? 'done' : 'running';
    return this.database.transaction(async (tx) => {
      await this.table.save(tx, id, progress, { status, truncated });
      return this.table.find(tx, id);
    });
  }

  private async again(progress: Progress, row: DecisionRow, { policy }: ReplayRow): Promise<Progress> {
    const judgement = await this.judging.with(row, policy);
    if (!judgement) return { ...progress, cursor: row.id, gone: progress.gone + 1 };
    const next = { ...progress, cursor: row.id, decisions: progress.decisions + 1 };
    if (judgement.result === row.result) {
      const same = said(judgement.reasons) === said(row.reasons);
      return same ? { ...next, identical: next.identical + 1 } : { ...next, otherReasons: next.otherReasons + 1 };
    }
    const named = make(ReplayedDecision, {
      ...{ decision: row.id, gate: row.gate, was: row.result, would: judgement.result },
      subject: subjectOf(row),
    });
    const changed = next.changed.length < mostNamed ? [...next.changed, named] : next.changed;
    return { ...next, changed, changedTotal: next.changedTotal + 1 };
  }
}

/** Reasons as people read them: another version that says the same is no other reason. */
function said(reasons: readonly Reason[]): string {
  return canonicalJson(reasons.map(({ version: _, ...reason }) => reason).sort((a, b) => (a.policy < b.policy ? -1 : 1)));
}
