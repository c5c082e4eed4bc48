import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DecisionMade } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { NotifierConfig } from '../config.ts';
import { Alerts } from './alerts.ts';
import { Judgements, type Undecided } from './judgements.ts';

const kind = 'undecided too long';

/** Gives an undecided decision some time to become decided before somebody hears of it. */
@Injectable()
export class UndecidedGrace implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly judgements: Judgements,
    private readonly alerts: Alerts,
    private readonly config: NotifierConfig,
  ) {}

  onModuleInit(): void {
    this.work.handle<Undecided>(kind, { concurrency: 2, leaseSeconds: 30, maxAttempts: 20 }, (lease) => this.over(lease));
  }

  async begin(tx: Tx, decision: DecisionMade): Promise<void> {
    const { gate, revision } = decision;
    const { repository, commit } = decision.subject;
    const runAfter = new Date(Date.now() + this.config.undecidedGraceSeconds * 1000);
    await this.work.add(tx, { kind, payload: { repository, commit, gate, revision } satisfies Undecided, runAfter });
  }

  private async over(lease: Lease<Undecided>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const late = await this.judgements.endGrace(tx, lease.payload);
      if (late) await this.alerts.review(tx, late);
      await lease.complete(tx);
    });
  }
}
