import { Injectable } from '@nestjs/common';
import type { DeliveredFact } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { Heads, headsIn } from '../repositories/heads.ts';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { reachLooksOf } from '../reach/reach-work.ts';
import { dayOf, type Outcome } from './candidate.ts';
import type { DeliveryRow } from './deliveries.ts';
import { branchPushes, inDoubt, isDoubtful } from './push-order.ts';
import { checkOf } from './push-check.ts';
import { asItStands } from './standing.ts';
import { deliveredFacts, draftsOf, superseding } from './told-facts.ts';

/** Publishes what a kept delivery means now. */
@Injectable()
export class Republication {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoryRegister,
    private readonly heads: Heads,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
  ) {}

  /**
   * A delivery that was accepted says the same or better. One that was not is new, and may tell of a push that is over by
   * now. Answers what became of it; undefined when its source was removed meanwhile.
   */
  async replayed(row: DeliveryRow, source: KnownSource, read: Outcome): Promise<Outcome | undefined> {
    return this.database.transaction(async (tx) => {
      const outcome = await asItStands(tx, source, read);
      if (!outcome) return undefined;
      const doubtful = row.status !== 'accepted' && isDoubtful(outcome, await this.heads.lock(tx, branchPushes(outcome)));
      const settled = doubtful ? inDoubt(outcome) : outcome;
      await this.write(tx, row, source, { outcome: settled, toldAt: row.received_at });
      await this.work.add(tx, ...(settled.status === 'checking' ? [checkOf(row.id)] : reachLooksOf(source, row.id, settled.reach)));
      return settled;
    });
  }

  /** The origin has spoken: its word is of now. */
  async checked(row: DeliveryRow, source: KnownSource, read: Outcome, complete: (tx: Tx) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const outcome = await asItStands(tx, source, read);
      if (outcome) await this.write(tx, row, source, { outcome, toldAt: new Date() });
      await complete(tx);
    });
  }

  private async write(tx: Tx, row: DeliveryRow, source: KnownSource, now: { outcome: Outcome; toldAt: Date }): Promise<void> {
    const { status, reason = null, repository, saidAt } = now.outcome;
    const registered = await this.repositories.register(tx, repository ? [{ ...repository, source }] : []);
    const drafts = draftsOf({ id: row.id, receivedAt: row.received_at, outcome: now.outcome, traceparent: undefined });
    // While the origin is asked, what was told before still stands.
    const facts = status === 'checking' ? row.facts : JSON.stringify(deliveredFacts(drafts));
    await rows(
      tx,
      `update delivery set status = $3, reason = $4, facts = $5, repository = coalesce($6, repository), replayed_at = now()
       where id = $1 and received_on = $2`,
      [row.id, dayOf(row.received_at), status, reason, facts, repository?.id ?? null],
    );
    await this.heads.record(tx, headsIn(now.outcome.facts, { at: now.toldAt, ...(saidAt === undefined ? {} : { saidAt }) }));
    await this.outbox.add(tx, ...registered.facts, ...superseding(drafts, JSON.parse(row.facts) as DeliveredFact[]));
  }
}
