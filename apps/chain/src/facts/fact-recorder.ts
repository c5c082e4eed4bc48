import { Controller } from '@nestjs/common';
import { factClasses } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { FactLog } from './fact-log.ts';

const factsPerBatch = 200;

/** Records every fact of the platform once; a new class of facts is recorded without a line here. */
@Controller()
export class FactRecorder {
  constructor(
    private readonly inbox: Inbox,
    private readonly log: FactLog,
  ) {}

  @OnEvent(factClasses(), { batch: factsPerBatch, acrossTraces: true, mayWait: true })
  async record(facts: readonly object[]): Promise<void> {
    await this.inbox.onceAll(facts, (fresh, tx) => this.log.append(fresh, tx));
  }
}
