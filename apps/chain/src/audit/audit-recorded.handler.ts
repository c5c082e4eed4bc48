import { Controller } from '@nestjs/common';
import { AuditRecorded } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { AuditEntries } from './audit-entries.ts';

/** Appends who did what. */
@Controller()
export class AuditRecordedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly entries: AuditEntries,
  ) {}

  @OnEvent(AuditRecorded, { batch: 200, acrossTraces: true, mayWait: true })
  async handle(records: readonly AuditRecorded[]): Promise<void> {
    await this.inbox.onceAll(records, (fresh, tx) => this.entries.append(tx, fresh));
  }
}
