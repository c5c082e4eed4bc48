import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Problem, type Tx } from '@throughline/service';
import { RemoteRepositories } from '../repositories/remote-repositories.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { Translation } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';
import type { Outcome } from './candidate.ts';
import { Deliveries } from './deliveries.ts';
import { checkKind, type PushCheck } from './push-check.ts';
import { refsFor } from './completion.ts';
import { staleness } from './push-order.ts';
import { Republication } from './republication.ts';
import { Rereading } from './rereading.ts';

/** Asks the configured origin about pushes that came out of order: only the last one moves a branch. */
@Injectable()
export class PushChecks implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly deliveries: Deliveries,
    private readonly directory: SourceDirectory,
    private readonly remotes: RemoteRepositories,
    private readonly rereading: Rereading,
    private readonly republication: Republication,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 2, leaseSeconds: 60, maxAttempts: 5 };
    this.work.handle<PushCheck>(checkKind, { ...options, onDead: (lease, tx) => this.giveUp(lease, tx) }, (lease) => this.check(lease));
  }

  private async check(lease: Lease<PushCheck>): Promise<void> {
    const row = await this.deliveries.find(lease.payload.delivery);
    const source = row && (await this.directory.find(row.source_id));
    if (row?.status !== 'checking' || !source) return;
    const outcome = await this.decided(source, await this.rereading.translation(source, row));
    await this.republication.checked(row, source, outcome, (tx) => lease.complete(tx));
  }

  /** Throws while the origin does not answer: the work is repeated. */
  private async decided(source: KnownSource, translation: Translation): Promise<Outcome> {
    const first = this.rereading.outcome(source, translation);
    if (first.repository === undefined) return first;
    try {
      const { refs } = await this.remotes.refsOf(first.repository.id, refsFor(translation));
      const outcome = this.rereading.outcome(source, translation, refs);
      const reason = staleness(outcome, refs);
      return reason === undefined ? outcome : { ...outcome, status: 'stale', reason, facts: [] };
    } catch (error) {
      throw error instanceof Problem ? new Error(error.detail, { cause: error }) : error;
    }
  }

  /** Nothing is lost: the comparison of refs tells the push when the origin answers again. */
  private async giveUp({ payload }: Lease<PushCheck>, tx: Tx): Promise<void> {
    const reason = 'its repository does not answer, so whether this push is the last one is not known: replay it when it does';
    await this.deliveries.refuse(tx, payload.delivery, reason);
  }
}
