import { Controller } from '@nestjs/common';
import {
  ChangeMerged,
  ChangeProposed,
  ChangePushed,
  CommandAnswered,
  DecisionMade,
  envelopeOf,
  StatusPosted,
} from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { ChangeComments } from './change-comments.ts';
import { CommandAnswers } from './command-answers.ts';
import { CommitStatuses } from './commit-statuses.ts';
import { ContestedStatuses } from './contested-statuses.ts';

@Controller()
export class StatusesHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly statuses: CommitStatuses,
    private readonly comments: ChangeComments,
    private readonly contested: ContestedStatuses,
    private readonly answers: CommandAnswers,
  ) {}

  /** Only branches: nothing waits for the status of a tag, nor for that of what a new repository holds. */
  @OnEvent(ChangePushed)
  async pushed(fact: ChangePushed): Promise<void> {
    if (!fact.ref.startsWith('refs/heads/') || fact.first) return;
    await this.inbox.once(fact, (tx) => this.statuses.pushed(tx, fact));
  }

  @OnEvent(ChangeProposed)
  async proposed(fact: ChangeProposed): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await this.statuses.pending(tx, { repository: fact.repository, commit: fact.head, source: fact.source });
      await this.comments.proposed(tx, fact);
    });
  }

  @OnEvent(ChangeMerged)
  async merged(fact: ChangeMerged): Promise<void> {
    await this.inbox.once(fact, (tx) => this.comments.merged(tx, fact));
  }

  @OnEvent(CommandAnswered)
  async answered(fact: CommandAnswered): Promise<void> {
    await this.inbox.once(fact, (tx) => this.answers.answered(tx, fact));
  }

  @OnEvent(StatusPosted)
  async posted(fact: StatusPosted): Promise<void> {
    await this.inbox.once(fact, (tx) => this.contested.posted(tx, fact));
  }

  /** The one status beside a commit is the change gate's; later gates judge what was built from it. */
  @OnEvent(DecisionMade)
  async decided(fact: DecisionMade): Promise<void> {
    if (fact.gate !== 'change') return;
    const at = new Date(envelopeOf(fact).time);
    await this.inbox.once(fact, async (tx) => {
      if (await this.statuses.decided(tx, fact, at)) await this.comments.decided(tx, fact, at);
    });
  }
}
