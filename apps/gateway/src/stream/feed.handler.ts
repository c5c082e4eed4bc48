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

const lists = { batch: 200, acrossTraces: true, mayWait: true };

/** Everything that people watch goes into the feed. */
@Controller()
export class FeedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly feed: Feed,
    private readonly tail: FeedTail,
  ) {}

  @OnEvent(ChangePushed, lists)
  pushed(facts: readonly ChangePushed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ChangeProposed, lists)
  proposed(facts: readonly ChangeProposed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ChangeMerged, lists)
  merged(facts: readonly ChangeMerged[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(RepositoryRemoved, lists)
  removed(facts: readonly RepositoryRemoved[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(EvidencePlanned, lists)
  planned(facts: readonly EvidencePlanned[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ScanCompleted, lists)
  completed(facts: readonly ScanCompleted[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(EvidenceReceived, lists)
  received(facts: readonly EvidenceReceived[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(EvidenceRefused, lists)
  refused(facts: readonly EvidenceRefused[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ScanFailed, lists)
  scanFailed(facts: readonly ScanFailed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(FindingsEvaluated, lists)
  evaluated(facts: readonly FindingsEvaluated[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(FindingChanged, lists)
  findingChanged(facts: readonly FindingChanged[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(DecisionMade, lists)
  decided(facts: readonly DecisionMade[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(AlertOpened, lists)
  opened(facts: readonly AlertOpened[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(AlertResolved, lists)
  resolved(facts: readonly AlertResolved[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(FixProposed, lists)
  fixProposed(facts: readonly FixProposed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(DeliverySucceeded, lists)
  delivered(facts: readonly DeliverySucceeded[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(DeliveryFailed, lists)
  deliveryFailed(facts: readonly DeliveryFailed[]): Promise<void> {
    return this.keep(facts);
  }

  private async keep(facts: readonly object[]): Promise<void> {
    await this.inbox.onceAll(facts, (fresh, tx) => this.feed.keep(tx, fresh));
    this.tail.wake();
  }
}
