import { Controller } from '@nestjs/common';
import { SuppressionsRead } from '@throughline/contracts';
import { Inbox, OnEvent, WorkQueue } from '@throughline/messaging';
import { workKinds } from '../work-kinds.ts';

@Controller()
export class SuppressionsReadHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly work: WorkQueue,
  ) {}

  /** The fact only says that there is something to read: it is read at its owner. */
  @OnEvent(SuppressionsRead)
  async handle(fact: SuppressionsRead): Promise<void> {
    const { repository } = fact.subject;
    await this.inbox.once(fact, (tx) =>
      this.work.add(tx, { kind: workKinds.requestFromRepository, payload: { repository }, priority: 'bulk' }),
    );
  }
}
