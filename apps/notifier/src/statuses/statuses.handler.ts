import { Controller } from '@nestjs/common';
import { ChangeProposed, ChangePushed, DecisionMade } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { CommitStatuses } from './commit-statuses.ts';

@Controller()
export class StatusesHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly statuses: CommitStatuses,
  ) {}

  /** Only branches: nothing waits for the status of a tag, nor for that of what a new repository holds. */
  @OnEvent(ChangePushed)
  async pushed(fact: ChangePushed): Promise<void> {
    if (!fact.ref.startsWith('refs/heads/') || fact.first) return;
    await this.inbox.once(fact, (tx) => this.statuses.pending(tx, fact.repository, fact.after));
  }

  @OnEvent(ChangeProposed)
  async proposed(fact: ChangeProposed): Promise<void> {
    await this.inbox.once(fact, (tx) => this.statuses.pending(tx, fact.repository, fact.head));
  }

  /** The one status beside a commit is the change gate's; later gates judge what was built from it. */
  @OnEvent(DecisionMade)
  async decided(fact: DecisionMade): Promise<void> {
    if (fact.gate !== 'change') return;
    await this.inbox.once(fact, (tx) => this.statuses.decided(tx, fact));
  }
}
