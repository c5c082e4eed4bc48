import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import type { Translation } from '@throughline/scm';
import { Problem, type Tx } from '@throughline/service';
import { branchOf, DefaultBranches } from '../repositories/default-branches.ts';
import { RemoteRepositories } from '../repositories/remote-repositories.ts';
import type { Telling } from '../repositories/renames.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { ServerWords } from '../sources/server-words.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { Outcome } from './candidate.ts';
import { Deliveries } from './deliveries.ts';
import { checkKind, type PushCheck } from './push-check.ts';
import { refsFor } from './completion.ts';
import { standing } from './push-order.ts';
import { Republication } from './republication.ts';
import { Rereading } from './rereading.ts';
import { ToldNames } from './told-names.ts';

/**
 * Asks the configured origin about pushes that came out of order, of which only the last one moves a branch, and about what a
 * delivery leaves out or does not prove.
 */
@Injectable()
export class PushChecks implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly deliveries: Deliveries,
    private readonly directory: SourceDirectory,
    private readonly remotes: RemoteRepositories,
    private readonly rereading: Rereading,
    private readonly republication: Republication,
    private readonly server: ServerWords,
    private readonly branches: DefaultBranches,
    private readonly names: ToldNames,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 2, leaseSeconds: 60, maxAttempts: 5 };
    this.work.handle<PushCheck>(checkKind, { ...options, onDead: (lease, tx) => this.giveUp(lease, tx) }, (lease) => this.check(lease));
  }

  private async check(lease: Lease<PushCheck>): Promise<void> {
    const row = await this.deliveries.find(lease.payload.delivery);
    const source = row && (await this.directory.find(row.source_id));
    if (row?.status !== 'checking' || !source) return;
    const { translation, refusal } = await this.names.settled(source, await this.rereading.translation(source, row));
    const { outcome, defaultBranch } = refusal ? { outcome: refusal } : await this.decided(source, translation);
    await this.republication.checked(row, source, outcome, async (tx) => {
      if (outcome.repository && defaultBranch !== undefined) await this.branches.learn(tx, outcome.repository.id, defaultBranch);
      await lease.complete(tx);
    });
  }

  /** Throws while the origin does not answer: the work is repeated. */
  private async decided(source: KnownSource, translation: Translation): Promise<{ outcome: Outcome; defaultBranch?: string }> {
    const first = this.rereading.outcome(source, translation, {});
    if ('ignored' in translation || first.status === 'refused') return { outcome: first };
    if (translation.renaming) return { outcome: named };
    try {
      const told = translation.unsure ? await this.server.confirmed(source, translation) : translation;
      return 'status' in told ? { outcome: told } : await this.compared(source, told, translation.unsure === true);
    } catch (error) {
      throw error instanceof Problem ? new Error(error.detail, { cause: error }) : error;
    }
  }

  private async compared(source: KnownSource, told: Telling, hinted: boolean): Promise<{ outcome: Outcome; defaultBranch?: string }> {
    const { refs, head } = await this.remotes.refsOf(source, told.repository, ['HEAD', ...refsFor(told)]);
    const known = head === undefined ? {} : { defaultBranch: branchOf(head) };
    const outcome = standing(this.rereading.outcome(source, told, { refs, ...known }), refs);
    return { outcome: hinted && outcome.status === 'stale' ? unknown(outcome) : outcome, ...known };
  }

  /** Nothing is lost: the comparison of refs tells the push when the origin answers again. */
  private async giveUp({ payload }: Lease<PushCheck>, tx: Tx): Promise<void> {
    const reason = 'its repository does not answer, so whether this push is the last one is not known: replay it when it does';
    await this.deliveries.refuse(tx, payload.delivery, reason);
  }
}

const named: Outcome = {
  status: 'ignored',
  reason: 'what the repository is called now was looked at; nothing of its code was said',
  facts: [],
};

/** What turned out to be nothing makes nothing known, not even its repository. */
function unknown({ status, reason }: Outcome): Outcome {
  return { status, ...(reason === undefined ? {} : { reason }), facts: [] };
}
