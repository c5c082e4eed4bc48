import { Controller } from '@nestjs/common';
import { FindingsEvaluated } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { EvidenceItems } from './evidence-items.ts';

@Controller()
export class FindingsEvaluatedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly items: EvidenceItems,
  ) {}

  @OnEvent(FindingsEvaluated, { batch: 100, acrossTraces: true })
  async handle(evaluations: readonly FindingsEvaluated[]): Promise<void> {
    await this.inbox.onceAll(evaluations, async (fresh, tx) => {
      for (const { subject, seq, outcome } of fresh) await this.items.close(tx, subject, seq, outcome);
    });
  }
}
