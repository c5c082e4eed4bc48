import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { ActionsHalted, ActionSwitch } from './action-switch.ts';
import { FixOrders } from './fix-orders.ts';
import { FixProgress } from './fix-progress.ts';
import { isRefused } from './refused.ts';
import { RepositoryAccess } from './repository-access.ts';
import { kinds, type FixWork } from './work.ts';

const notScanned = 'no scan of the branch came within an hour: is its webhook set up?';

/** Keeps a change request at what is known about it, and does not wait for ever for its scan. */
@Injectable()
export class FixFollowUp implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly orders: FixOrders,
    private readonly access: RepositoryAccess,
    private readonly actions: ActionSwitch,
    private readonly progress: FixProgress,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 2, leaseSeconds: 120, maxAttempts: 8 };
    this.work.handle<FixWork>(kinds.tell, options, ({ payload }) => this.tell(payload.fix));
    this.work.handle<FixWork>(kinds.late, options, (lease) => this.progress.late(lease.payload.fix, notScanned, lease));
  }

  /** The text of the change request is replaced: however often, it says what holds now. */
  private async tell(id: string): Promise<void> {
    const order = await this.orders.read(id);
    if (!order || order.fix.number === null || !['open', 'outdated'].includes(order.fix.state)) return;
    const { fix, title, text } = order;
    try {
      const to = await this.access.writable(fix.repository, fix.branch);
      await this.actions.during(() => to.changeRequests.describe(to.fullName, fix.number!, { title, text }));
    } catch (error) {
      // Words that nobody takes are not worth another attempt: the platform's own page says the same.
      if (!(error instanceof ActionsHalted) && !isRefused(error)) throw error;
    }
  }
}
