import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import { ActionSwitch } from './action-switch.ts';
import { FixOrders, type FixOrder } from './fix-orders.ts';
import { formatOf } from './fix-pusher.ts';
import { FixProgress } from './fix-progress.ts';
import { FixRepository } from './fix-repository.ts';
import { RepositoryAccess, type WritableRepository } from './repository-access.ts';
import { kinds, type FixWork } from './work.ts';

/** Takes a fix back: closes its change request, and deletes its branch where it is still as we left it. */
@Injectable()
export class FixUndoing implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly orders: FixOrders,
    private readonly access: RepositoryAccess,
    private readonly actions: ActionSwitch,
    private readonly progress: FixProgress,
  ) {}

  onModuleInit(): void {
    this.work.handle<FixWork>(kinds.undo, { concurrency: 2, leaseSeconds: 300, maxAttempts: 8, onDead: this.giveUp }, (lease) =>
      this.run(lease),
    );
  }

  private async run(lease: Lease<FixWork>): Promise<void> {
    const order = await this.orders.read(lease.payload.fix);
    if (order?.fix.state !== 'undoing') return;
    const left = order.fix.head === null ? undefined : await this.takeBack(order);
    await this.progress.undone(order.fix, lease.payload.by ?? '', left, lease);
  }

  /** Answers what was left as it is. */
  private async takeBack(order: FixOrder): Promise<string | undefined> {
    const { fix } = order;
    const to = await this.access.writable(fix.repository, fix.branch);
    if (fix.number !== null) await this.actions.during(() => to.changeRequests.close(to.fullName, fix.number!));
    return FixRepository.within(formatOf(fix.base_commit), (repository) => this.removeBranch(repository, to, order));
  }

  private async removeBranch(repository: FixRepository, to: WritableRepository, { fix, heads }: FixOrder): Promise<string | undefined> {
    const there = await this.actions.during((signal) => repository.headOf(to.origin, fix.branch, signal));
    if (there === undefined) return undefined;
    if (!heads.includes(there)) return 'the branch has commits of somebody else: it was left';
    to.stillOpen();
    await this.actions.during((signal) => repository.remove(to.origin, { branch: fix.branch, head: there }, signal));
    return undefined;
  }

  private readonly giveUp = (lease: Lease<FixWork>, tx: Tx, error: Error): Promise<void> =>
    this.progress.notUndone(tx, lease.payload.fix, error.message);
}
