import { Controller } from '@nestjs/common';
import { EvidenceRefused, ScanFailed, type FindingClass } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { failed } from '@throughline/policy';
import { Subjects } from './subjects.ts';

@Controller()
export class ScanFailedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly subjects: Subjects,
  ) {}

  @OnEvent(ScanFailed)
  async handle(fact: ScanFailed): Promise<void> {
    const { seq, tool, attempts } = fact;
    const reason = attempts > 1 ? `${fact.reason} (${attempts} attempts)` : fact.reason;
    await this.inbox.once(fact, async (tx) => {
      await this.subjects.apply(tx, fact, (evidence) => failed(evidence, { seq, tool, finds: fact.finds as FindingClass[], reason }));
    });
  }

  /** A report that could not be read changes nothing but what is shown. */
  @OnEvent(EvidenceRefused)
  async refused(fact: EvidenceRefused): Promise<void> {
    const { seq, tool, reason, assurance, changeOnly } = fact;
    const upload = { assurance, scope: '', complete: false, ...(changeOnly && { changeOnly }) };
    await this.inbox.once(fact, async (tx) => {
      await this.subjects.apply(tx, fact, (evidence) =>
        failed(evidence, { seq, tool, finds: fact.finds as FindingClass[], reason, upload }),
      );
    });
  }
}
