import { Controller } from '@nestjs/common';
import { FindingsEvaluated, keys } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { isOwnRef } from '../branches/own-branch.ts';
import { fixGroups } from './fix-groups.ts';
import { PresentFindings } from './present-findings.ts';
import { Proposals } from './proposals.ts';

/** Findings that a higher version closes become proposals; what is only scanned to compare with does not, nor a fix itself. */
@Controller()
export class FindingsEvaluatedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly findings: PresentFindings,
    private readonly proposals: Proposals,
  ) {}

  @OnEvent(FindingsEvaluated)
  async evaluated(fact: FindingsEvaluated): Promise<void> {
    const { subject, seq, outcome, finds, application, tool } = fact;
    const unasked = subject.baseline || subject.silent;
    if (unasked || outcome !== 'evaluated' || !finds.includes('vulnerability') || isOwnRef(subject.ref)) return;
    const groups = fixGroups(await this.findings.of(fact));
    const { repository, commit, ref, pullRequest } = subject;
    const line = pullRequest === undefined ? ref : `#${pullRequest}`;
    const place = { repository, line, commit, application, tool, cause: keys.evaluation(repository, commit, seq) };
    await this.inbox.once(fact, (tx) => this.proposals.want(tx, place, groups));
  }
}
