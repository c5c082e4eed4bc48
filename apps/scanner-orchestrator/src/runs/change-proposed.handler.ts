import { Controller } from '@nestjs/common';
import { ChangeProposed, envelopeOf } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { EvidenceRequests } from './evidence-requests.ts';

@Controller()
export class ChangeProposedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly requests: EvidenceRequests,
  ) {}

  @OnEvent(ChangeProposed, { batch: 100 })
  async handle(proposals: readonly ChangeProposed[]): Promise<void> {
    await this.inbox.onceAll(proposals, async (fresh, tx) => {
      for (const proposal of fresh) {
        const { repository, head: commit, number: pullRequest, baseRef } = proposal;
        const { headAt = `refs/pull/${pullRequest}/head` } = proposal;
        // The branch of a fork has a name that may be taken here: only the request itself says where its head is.
        const ref = proposal.fork ? headAt : proposal.headRef;
        const via = [...(proposal.headAt === undefined ? [] : [headAt]), baseRef];
        await this.requests.open(tx, { repository, commit, ref, via, pullRequest, baseRef, cause: envelopeOf(proposal) });
      }
    });
  }
}
