import { Injectable } from '@nestjs/common';
import { Outbox } from '@throughline/messaging';
import { Database, rows } from '@throughline/service';
import { Heads, headsIn } from '../repositories/heads.ts';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { dayOf, type Outcome } from './candidate.ts';
import type { DeliveryRow } from './deliveries.ts';
import { factList, factsOf } from './delivery-writer.ts';

/** Publishes what a replayed delivery means. */
@Injectable()
export class ReplayPublication {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoryRegister,
    private readonly heads: Heads,
    private readonly outbox: Outbox,
  ) {}

  async publish({ id, received_at }: DeliveryRow, source: KnownSource, outcome: Outcome): Promise<void> {
    const { status, reason = null, repository } = outcome;
    await this.database.transaction(async (tx) => {
      const registered = await this.repositories.register(tx, repository ? [{ ...repository, source }] : []);
      await rows(tx, 'update delivery set status = $3, reason = $4, facts = $5, replayed_at = now() where id = $1 and received_on = $2', [
        id,
        dayOf(received_at),
        status,
        reason,
        factList(outcome),
      ]);
      await this.heads.record(tx, headsIn(outcome.facts, received_at));
      await this.outbox.add(tx, ...registered.facts, ...factsOf({ id, receivedAt: received_at, outcome, traceparent: undefined }));
    });
  }
}
