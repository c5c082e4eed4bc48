import { Controller } from '@nestjs/common';
import { FindingsEvaluated, type FindingClass } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { evaluated } from '@throughline/policy';
import { FindingPages } from './finding-pages.ts';
import { ItemContents } from './item-contents.ts';
import { Subjects } from './subjects.ts';

@Controller()
export class FindingsEvaluatedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly subjects: Subjects,
    private readonly pages: FindingPages,
    private readonly contents: ItemContents,
  ) {}

  /** Findings are paged before the transaction: there may be tens of thousands. */
  @OnEvent(FindingsEvaluated)
  async handle(fact: FindingsEvaluated): Promise<void> {
    const { seq, tool, ruleset, revision, outcome, assurance, changeOnly, coverage } = fact;
    const { scope = '', complete = false } = coverage ?? {};
    const upload =
      assurance === undefined || assurance === 'own' ? undefined : { assurance, scope, complete, ...(changeOnly && { changeOnly }) };
    const findings = await this.pages.of(fact);
    const finds = fact.finds as FindingClass[];
    const reason = fact.notEvaluated[0]?.reason;
    await this.inbox.once(fact, async (tx) => {
      const subject = await this.subjects.apply(tx, fact, (evidence) =>
        evaluated(evidence, { seq, tool, finds, ruleset, revision, outcome, reason, ...(upload && { upload }) }),
      );
      if (subject !== undefined) await this.contents.save(tx, subject, fact, findings);
    });
  }
}
