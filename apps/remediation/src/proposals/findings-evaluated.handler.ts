import { Blobs } from '@throughline/blobs';
import { Controller } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { FindingsEvaluated, FindingState, keys } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { fixGroups } from './fix-groups.ts';
import { Proposals } from './proposals.ts';

const limits = { maxLineBytes: 64 * 1024, maxLines: 200_000 };

/** Findings that a higher version closes become proposals; what is only scanned to compare with does not. */
@Controller()
export class FindingsEvaluatedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly blobs: Blobs,
    private readonly proposals: Proposals,
  ) {}

  @OnEvent(FindingsEvaluated)
  async evaluated(fact: FindingsEvaluated): Promise<void> {
    const { subject, seq, outcome, finds, application, tool } = fact;
    if (subject.baseline || outcome !== 'evaluated' || !finds.includes('vulnerability')) return;
    const groups = fixGroups(await this.presentIn(fact));
    const { repository, commit, ref, pullRequest } = subject;
    const line = pullRequest === undefined ? ref : `#${pullRequest}`;
    const place = { repository, line, commit, application, tool, cause: keys.evaluation(repository, commit, seq) };
    await this.inbox.once(fact, (tx) => this.proposals.want(tx, place, groups));
  }

  private async presentIn(fact: FindingsEvaluated): Promise<readonly FindingState[]> {
    if (fact.presentRef === undefined) return fact.present;
    const present: FindingState[] = [];
    for await (const line of this.blobs.lines(fact.presentRef, limits))
      present.push(plainToInstance(FindingState, JSON.parse(line) as object));
    return present;
  }
}
