import { Injectable } from '@nestjs/common';
import type { AdvisoryRetracted, AdvisoryRetraction } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { AdvisoryFacts } from './advisory-facts.ts';
import { AdvisoryImport, lockAdvisories } from './advisory-import.ts';
import type { Written } from './advisory-rows.ts';

/** Takes back what a feed says: only the statements of that feed, whatever others say under the same id. */
@Injectable()
export class Retraction {
  constructor(
    private readonly database: Database,
    private readonly advisories: AdvisoryImport,
    private readonly facts: AdvisoryFacts,
    private readonly work: WorkQueue,
  ) {}

  async retract(id: string, { feed, reason }: AdvisoryRetraction): Promise<AdvisoryRetracted> {
    return this.database.transaction(async (tx) => {
      await lockAdvisories(tx);
      const retracted = await rows<{ id: string }>(
        tx,
        `update advisory set retracted_at = now(), retracted_because = $3
         where osv_id = $1 and ($2::text is null or feed = $2) and retracted_at is null returning id`,
        [id, feed ?? null, reason],
      );
      if (retracted.length === 0) await this.refuseUnknown(id, feed);
      const ids = retracted.map((row) => row.id);
      await this.facts.tellRetracted(tx, ids, reason);
      await this.compareAnew(tx, ids);
      return { id, statements: ids.length };
    });
  }

  /** Ends a retraction: what the feed says counts again, and what it closed opens. */
  async restore(id: string, { feed }: AdvisoryRetraction): Promise<AdvisoryRetracted> {
    return this.database.transaction(async (tx) => {
      await lockAdvisories(tx);
      const restored = await rows<Written>(
        tx,
        `update advisory set retracted_at = null, retracted_because = null
         where osv_id = $1 and ($2::text is null or feed = $2) and retracted_at is not null
         returning id, osv_id as "osvId", withdrawn_at is not null as withdrawn, false as stood`,
        [id, feed ?? null],
      );
      if (restored.length === 0) await this.refuseUnknown(id, feed);
      await this.compareAnew(
        tx,
        restored.map((row) => row.id),
      );
      await this.facts.tell(tx, restored);
      return { id, statements: restored.length };
    });
  }

  private async compareAnew(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.advisories.regroup(tx, ids);
    await this.work.add(tx, { kind: workKinds.matchAdvisories, key: 'verdicts', payload: { advisories: ids } });
  }

  private async refuseUnknown(id: string, feed: string | undefined): Promise<void> {
    const [known] = await this.database.rows('select 1 from advisory where osv_id = $1 and ($2::text is null or feed = $2)', [
      id,
      feed ?? null,
    ]);
    if (!known)
      throw new Problem(404, 'not_found', `${feed === undefined ? 'no feed' : `the feed ${feed}`} has an advisory ${id.slice(0, 128)}`);
  }
}
