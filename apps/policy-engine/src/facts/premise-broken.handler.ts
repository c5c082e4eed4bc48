import { Controller } from '@nestjs/common';
import { PremiseBroken } from '@throughline/contracts';
import { Inbox, OnEvent, WorkQueue } from '@throughline/messaging';
import { workKinds, type WaiverBrokenWork } from '../work-kinds.ts';

@Controller()
export class PremiseBrokenHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly work: WorkQueue,
  ) {}

  /** The ledger watches what waivers lean on; who owns them ends them. */
  @OnEvent(PremiseBroken)
  async handle(fact: PremiseBroken): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      const { waiver, because, finding, cve, fixedIn } = fact;
      const payload: WaiverBrokenWork = { waiver, because, finding, ...(cve && { cve }), ...(fixedIn && { fixedIn }) };
      await this.work.add(tx, { kind: workKinds.breakWaiver, payload, priority: 'interactive' });
    });
  }
}
