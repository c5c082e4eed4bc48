import { Controller } from '@nestjs/common';
import { ChangePushed, envelopeOf } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { EvidenceRequests } from './evidence-requests.ts';

@Controller()
export class ChangePushedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly requests: EvidenceRequests,
  ) {}

  /** Only takes the request down; fetching and scanning happen later, outside any transaction. */
  @OnEvent(ChangePushed, { batch: 100 })
  async handle(pushes: readonly ChangePushed[]): Promise<void> {
    await this.inbox.onceAll(pushes, async (fresh, tx) => {
      for (const push of fresh) {
        const { repository, after: commit, ref, before: former, rescan, first } = push;
        const baseRef = `refs/heads/${push.defaultBranch}`;
        const cause = envelopeOf(push);
        await this.requests.open(tx, { repository, commit, ref, via: [baseRef], baseRef, former, rescan, first, cause });
        if (push.forced) await this.requests.comparedAnew(tx, { repository, ref, cause });
      }
    });
  }
}
