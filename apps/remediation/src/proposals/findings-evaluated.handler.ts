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

  @OnEvent(FindingsEvaluated, { when: mayBeFixed })
  async evaluated(fact: FindingsEvaluated): Promise<void> {
    const { subject, seq, application, tool } = fact;
    const groups = fixGroups(await this.findings.of(fact));
    const { repository, commit, ref, pullRequest } = subject;
    const line = pullRequest === undefined ? ref : `#${pullRequest}`;
    const place = { repository, line, commit, application, tool, cause: keys.evaluation(repository, commit, seq) };
    await this.inbox.once(fact, (tx) => this.proposals.want(tx, place, groups));
  }
}

function mayBeFixed({ subject, outcome, finds }: FindingsEvaluated): boolean {
  const asked = !subject.baseline && !subject.silent && !isOwnRef(subject.ref);
  return asked && outcome === 'evaluated' && finds.includes('vulnerability');
}
