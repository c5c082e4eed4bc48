import { Controller } from '@nestjs/common';
import { envelopeOf, EvidencePlanned, type FindingClass } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { planned } from '@throughline/policy';
import { SubjectRows } from './subject-rows.ts';
import { Subjects } from './subjects.ts';

@Controller()
export class EvidencePlannedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly subjects: Subjects,
    private readonly table: SubjectRows,
  ) {}

  @OnEvent(EvidencePlanned)
  async handle(fact: EvidencePlanned): Promise<void> {
    const { throughSeq, failed } = fact;
    const sequence = envelopeOf(fact).sequence ?? throughSeq;
    const items = fact.items.map(({ assurance, changeOnly, ...item }) => ({
      ...item,
      finds: item.finds as FindingClass[],
      reason: item.reason?.replace(/^unavailable: /, ''),
      // What it covers, and whether that is believed, is for the ledger to say.
      ...(assurance && { upload: { assurance, scope: '', complete: false, ...(changeOnly && { changeOnly }) } }),
    }));
    await this.inbox.once(fact, async (tx) => {
      await this.subjects.apply(tx, fact, (evidence) => planned(evidence, { sequence, throughSeq, failed, items }));
      if (fact.suppressions) await this.table.noteSuppressions(tx, fact.subject, fact.suppressions);
    });
  }
}
