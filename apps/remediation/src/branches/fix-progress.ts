import { Injectable } from '@nestjs/common';
import { keys, type FindingsEvaluated, type FixFailed, type FixProof, type FixState } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import type { OpenChangeRequest } from '@throughline/scm';
import { Database, type Tx } from '@throughline/service';
import { FixFacts } from './fix-facts.ts';
import { FixRows, type FixRow } from './fix-rows.ts';
import { lateWork, tellWork } from './work.ts';

/** How a fix ended before its branch stood. */
export type Ending = Extract<FixState & FixFailed['why'], 'outdated' | 'halted' | 'failed'>;

/** What an evaluation of the branch says. */
export interface Judgement {
  readonly proof: Exclude<FixProof, 'waiting'>;
  readonly reason?: string;
}

/** Writes down what becomes of a fix, and tells it. */
@Injectable()
export class FixProgress {
  constructor(
    private readonly database: Database,
    private readonly fixes: FixRows,
    private readonly facts: FixFacts,
    private readonly work: WorkQueue,
  ) {}

  /** Written before anything is pushed: the scan of the branch may come back sooner than the answer to the push. */
  async made(fix: FixRow, head: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const before = (await this.fixes.ofHead(tx, fix.repository, head)).findLast(({ proof }) => proof !== 'waiting');
      // A commit is evaluated once: what was said about it holds for the same one.
      const said = before && {
        proof: before.proof,
        reason: before.reason,
        evaluation: before.evaluation,
        evaluated_revision: before.evaluated_revision,
      };
      await this.fixes.change(tx, fix.id, { head, ...said });
    });
  }

  async opened(fix: FixRow, { number, url }: OpenChangeRequest, lease: Lease<object>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const now = await this.fixes.byId(tx, fix.id);
      if (now?.state === 'approved') {
        const open = await this.fixes.change(tx, fix.id, { state: 'open', number, url });
        await this.facts.applied(tx, open);
        await this.follow(tx, open);
      }
      // Somebody wants it back by now: they must find what was opened.
      if (now?.state === 'undoing') await this.fixes.change(tx, fix.id, { number, url });
      await lease.complete(tx);
    });
  }

  /** Taken back while it was being pushed: then it is for whoever takes it back. */
  async ended(fix: FixRow, ending: Ending, reason: string, lease: Lease<object>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const now = await this.fixes.byId(tx, fix.id);
      if (now?.state === 'approved') await this.end(tx, now, ending, reason);
      await lease.complete(tx);
    });
  }

  async end(tx: Tx, fix: FixRow, ending: Ending, reason: string): Promise<void> {
    await this.facts.failed(tx, await this.fixes.change(tx, fix.id, { state: ending, reason }), ending, reason);
  }

  async closed(tx: Tx, fix: FixRow, reason: string): Promise<void> {
    await this.facts.failed(tx, await this.fixes.change(tx, fix.id, { state: 'closed', reason }), 'failed', reason);
  }

  async reopened(tx: Tx, fix: FixRow): Promise<void> {
    await this.follow(tx, await this.fixes.change(tx, fix.id, { state: 'open', reason: '' }));
  }

  /** What its scan says may have come before its change request was open. */
  private async follow(tx: Tx, open: FixRow): Promise<void> {
    if (open.proof === 'verified') await this.facts.verified(tx, open);
    await this.work.add(tx, open.proof === 'waiting' ? lateWork(open) : tellWork(open));
  }

  /** `left`: what was left as it is. */
  async undone(fix: FixRow, by: string, left: string | undefined, lease: Lease<object>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.facts.undone(tx, await this.fixes.change(tx, fix.id, { state: 'undone', reason: left ?? '' }), by);
      await lease.complete(tx);
    });
  }

  /** Given up: unless somebody takes it back by now. */
  async notPushed(tx: Tx, id: string, why: string): Promise<void> {
    const now = await this.fixes.byId(tx, id);
    if (now?.state === 'approved') await this.end(tx, now, 'failed', why);
  }

  async notUndone(tx: Tx, id: string, why: string): Promise<void> {
    const fix = await this.fixes.byId(tx, id);
    if (fix?.state === 'undoing') await this.fixes.change(tx, id, { state: 'failed', reason: `it could not be taken back: ${why}` });
  }

  /** No scan came: that says nothing about the fix. */
  async late(id: string, reason: string, lease: Lease<object>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const fix = await this.fixes.byId(tx, id);
      if (fix?.state === 'open' && fix.proof === 'waiting') await this.judged(tx, fix, { proof: 'unverified', reason });
      await lease.complete(tx);
    });
  }

  /** Says it only when it differs from what was said before. */
  async judged(tx: Tx, fix: FixRow, { proof, reason }: Judgement, by?: FindingsEvaluated): Promise<void> {
    if (fix.proof === proof && (fix.reason ?? '') === (reason ?? '')) return;
    const said = by && {
      evaluation: keys.evaluation(by.subject.repository, by.subject.commit, by.seq),
      evaluated_revision: by.revision,
    };
    const judged = await this.fixes.change(tx, fix.id, { proof, reason: reason ?? null, ...said });
    if (judged.state !== 'open') return;
    await (proof === 'verified' ? this.facts.verified(tx, judged) : this.facts.failed(tx, judged, proof, reason ?? ''));
    await this.work.add(tx, tellWork(judged));
  }
}
