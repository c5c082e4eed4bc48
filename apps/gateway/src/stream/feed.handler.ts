import { Controller } from '@nestjs/common';
import {
  AlertOpened,
  AlertResolved,
  ChangeMerged,
  ChangeProposed,
  ChangePushed,
  DecisionMade,
  DeliveryFailed,
  DeliverySucceeded,
  EvidencePlanned,
  EvidenceReceived,
  EvidenceRefused,
  FindingChanged,
  FindingsEvaluated,
  FixProposed,
  RepositoryRemoved,
  ScanCompleted,
  ScanFailed,
} from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Feed } from './feed.ts';
import { FeedTail } from './feed-tail.ts';

const watched = [
  ChangePushed,
  ChangeProposed,
  ChangeMerged,
  RepositoryRemoved,
  EvidencePlanned,
  ScanCompleted,
  EvidenceReceived,
  EvidenceRefused,
  ScanFailed,
  FindingsEvaluated,
  FindingChanged,
  DecisionMade,
  AlertOpened,
  AlertResolved,
  FixProposed,
  DeliverySucceeded,
  DeliveryFailed,
];

/** Everything that people watch goes into the feed. */
@Controller()
export class FeedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly feed: Feed,
    private readonly tail: FeedTail,
  ) {}

  @OnEvent<object>(watched, { batch: 200, acrossTraces: true, mayWait: true })
  async keep(facts: readonly object[]): Promise<void> {
    await this.inbox.onceAll(facts, (fresh, tx) => this.feed.keep(tx, fresh));
    this.tail.wake();
  }
}
