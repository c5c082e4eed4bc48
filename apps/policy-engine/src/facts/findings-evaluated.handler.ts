import { Controller } from '@nestjs/common';
import { FindingsEvaluated, type FindingClass } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { evaluated } from '@throughline/policy';
import type { Tx } from '@throughline/service';
import { FindingPages, type PagedFindings } from './finding-pages.ts';
import { ItemContents } from './item-contents.ts';
import { Subjects, type News } from './subjects.ts';

@Controller()
export class FindingsEvaluatedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly subjects: Subjects,
    private readonly pages: FindingPages,
    private readonly contents: ItemContents,
  ) {}

  /** Findings are paged before the transaction: there may be tens of thousands. What comes together is taken up together. */
  @OnEvent(FindingsEvaluated, { batch: 16 })
  async handle(facts: readonly FindingsEvaluated[]): Promise<void> {
    const findings = new Map<FindingsEvaluated, PagedFindings>();
    for (const fact of facts) findings.set(fact, await this.pages.of(fact));
    await this.inbox.onceAll(facts, async (fresh, tx) => {
      const bySubject = Map.groupBy(fresh, ({ subject: { repository, commit } }) => `${repository} ${commit}`);
      for (const key of [...bySubject.keys()].sort()) await this.take(tx, bySubject.get(key)!, findings);
    });
  }

  private async take(tx: Tx, facts: readonly FindingsEvaluated[], findings: ReadonlyMap<FindingsEvaluated, PagedFindings>): Promise<void> {
    const { id, told } = await this.subjects.applyAll(tx, facts.map(newsOf));
    await this.contents.save(
      tx,
      id,
      told.map((fact) => ({ fact, findings: findings.get(fact)! })),
    );
  }
}

function newsOf(fact: FindingsEvaluated): News<FindingsEvaluated> {
  const { seq, tool, ruleset, revision, outcome, assurance, changeOnly, coverage } = fact;
  const { scope = '', complete = false } = coverage ?? {};
  const ours = assurance === undefined || assurance === 'own';
  const upload = ours ? undefined : { assurance, scope, complete, ...(changeOnly && { changeOnly }) };
  const finds = fact.finds as FindingClass[];
  const reason = fact.notEvaluated[0]?.reason;
  const evaluation = { seq, tool, finds, ruleset, revision, outcome, reason, ...(upload && { upload }) };
  return { fact, change: (evidence) => evaluated(evidence, evaluation) };
}
