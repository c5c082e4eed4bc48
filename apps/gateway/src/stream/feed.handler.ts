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

const batch = 200;

/** Everything that people watch goes into the feed. */
@Controller()
export class FeedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly feed: Feed,
    private readonly tail: FeedTail,
  ) {}

  @OnEvent(ChangePushed, { batch })
  pushed(facts: readonly ChangePushed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ChangeProposed, { batch })
  proposed(facts: readonly ChangeProposed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ChangeMerged, { batch })
  merged(facts: readonly ChangeMerged[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(RepositoryRemoved, { batch })
  removed(facts: readonly RepositoryRemoved[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(EvidencePlanned, { batch })
  planned(facts: readonly EvidencePlanned[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ScanCompleted, { batch })
  completed(facts: readonly ScanCompleted[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(EvidenceReceived, { batch })
  received(facts: readonly EvidenceReceived[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(EvidenceRefused, { batch })
  refused(facts: readonly EvidenceRefused[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(ScanFailed, { batch })
  scanFailed(facts: readonly ScanFailed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(FindingsEvaluated, { batch })
  evaluated(facts: readonly FindingsEvaluated[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(FindingChanged, { batch })
  findingChanged(facts: readonly FindingChanged[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(DecisionMade, { batch })
  decided(facts: readonly DecisionMade[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(AlertOpened, { batch })
  opened(facts: readonly AlertOpened[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(AlertResolved, { batch })
  resolved(facts: readonly AlertResolved[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(FixProposed, { batch })
  fixProposed(facts: readonly FixProposed[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(DeliverySucceeded, { batch })
  delivered(facts: readonly DeliverySucceeded[]): Promise<void> {
    return this.keep(facts);
  }

  @OnEvent(DeliveryFailed, { batch })
  deliveryFailed(facts: readonly DeliveryFailed[]): Promise<void> {
    return this.keep(facts);
  }

  private async keep(facts: readonly object[]): Promise<void> {
    await this.inbox.onceAll(facts, (fresh, tx) => this.feed.keep(tx, fresh));
    this.tail.wake();
  }
}
