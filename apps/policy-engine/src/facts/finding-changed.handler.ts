import { Controller } from '@nestjs/common';
import { envelopeOf, FindingChanged } from '@throughline/contracts';
import { Inbox, OnEvent, WorkQueue } from '@throughline/messaging';
import { workKinds } from '../work-kinds.ts';
import { TriagedFindings } from './triage.ts';

@Controller()
export class FindingChangedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly triaged: TriagedFindings,
    private readonly work: WorkQueue,
  ) {}

  /** What counts has changed wherever the finding is present; heads are judged again, the rest when a gate asks. */
  @OnEvent(FindingChanged)
  async handle(fact: FindingChanged): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await this.triaged.change(tx, fact, envelopeOf(fact).sequence ?? 0);
      const { repository } = fact;
      await this.work.add(tx, { kind: workKinds.judgeHeads, payload: { repositories: [repository] }, dedupe: `triage ${repository}` });
    });
  }
}
