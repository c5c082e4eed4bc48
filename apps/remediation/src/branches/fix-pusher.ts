import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GitFailed } from '@throughline/git';
import { WorkQueue, type Lease } from '@throughline/messaging';
import type { OpenChangeRequest } from '@throughline/scm';
import type { Tx } from '@throughline/service';
import { ActionsHalted, ActionSwitch } from './action-switch.ts';
import { FixOrders, type FixOrder } from './fix-orders.ts';
import { FixProgress, type Ending } from './fix-progress.ts';
import { EditRefused, FixRepository } from './fix-repository.ts';
import { branchIn } from './own-branch.ts';
import { isRefused } from './refused.ts';
import { RepositoryAccess, type WritableRepository } from './repository-access.ts';
import { kinds, type FixWork } from './work.ts';

/** The approval holds no longer, or the branch is not ours to move. */
class NotPushed extends Error {
  readonly code = 'not_pushed';
  constructor(
    readonly ending: Ending,
    message: string,
  ) {
    super(message);
  }
}

/** Pushes an approved edit into its branch and opens the change request. Each step may be repeated: the second time finds what the first did. */
@Injectable()
export class FixPusher implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly orders: FixOrders,
    private readonly access: RepositoryAccess,
    private readonly actions: ActionSwitch,
    private readonly progress: FixProgress,
  ) {}

  onModuleInit(): void {
    this.work.handle<FixWork>(kinds.push, { concurrency: 2, leaseSeconds: 600, maxAttempts: 6, onDead: this.giveUp }, (lease) =>
      this.run(lease),
    );
  }

  private async run(lease: Lease<FixWork>): Promise<void> {
    const order = await this.orders.read(lease.payload.fix);
    if (order?.fix.state !== 'approved') return;
    try {
      await this.progress.opened(order.fix, await this.push(order), lease);
    } catch (error) {
      const ending = endingOf(error);
      if (ending === undefined) throw error;
      await this.progress.ended(order.fix, ending, (error as Error).message, lease);
    }
  }

  private async push(order: FixOrder): Promise<OpenChangeRequest> {
    const { fix, title, text } = order;
    const wanted = await this.orders.commit(order);
    const source = await this.access.readable(fix.repository);
    const head = await FixRepository.within(formatOf(fix.base_commit), async (repository) => {
      const tip = await this.actions.during((signal) => repository.fetch(source, fix.line, signal));
      if (tip !== fix.base_commit) throw new NotPushed('outdated', 'the branch has moved on since the approval: look at the edit again');
      const made = await repository.commit(wanted);
      await this.progress.made(fix, made);
      const to = await this.access.writable(fix.repository, fix.branch);
      await this.send(repository, to, order, made);
      return { to, made };
    });
    head.to.stillOpen();
    const base = branchIn(fix.line);
    return this.actions.during(() => head.to.changeRequests.open(head.to.fullName, { branch: fix.branch, base, title, text }));
  }

  private async send(repository: FixRepository, to: WritableRepository, { fix, heads }: FixOrder, made: string): Promise<void> {
    const there = await this.actions.during((signal) => repository.headOf(to.origin, fix.branch, signal));
    if (there === made) return;
    if (there !== undefined && !heads.includes(there))
      throw new NotPushed('failed', 'the branch has commits of somebody else: it is left as it is');
    to.stillOpen();
    await this.actions.during((signal) => repository.push(to.origin, { branch: fix.branch, head: there }, made, signal));
  }

  private readonly giveUp = (lease: Lease<FixWork>, tx: Tx, error: Error): Promise<void> =>
    this.progress.notPushed(tx, lease.payload.fix, error.message);
}

/** Undefined for what may go better the next time. */
function endingOf(error: unknown): Ending | undefined {
  if (error instanceof NotPushed) return error.ending;
  if (error instanceof ActionsHalted) return 'halted';
  if (error instanceof EditRefused || isRefused(error)) return 'failed';
  // 1: the other side was reached and refused the ref.
  return error instanceof GitFailed && error.verb === 'push' && error.exit === 1 ? 'failed' : undefined;
}

export function formatOf(commit: string): 'sha1' | 'sha256' {
  return commit.length === 64 ? 'sha256' : 'sha1';
}
