import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { WaiverEnded, WaiverGranted } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { noticeAt } from './exception-notice.ts';
import { ExceptionRows } from './exception-rows.ts';
import { ExceptionTeller } from './exception-teller.ts';

const kind = 'exception-notice';

interface NoticeWork {
  readonly waiver: string;
}

/** Tells of exceptions before their time is over, and when they have ended: once each. */
@Injectable()
export class Exceptions implements OnModuleInit {
  constructor(
    private readonly table: ExceptionRows,
    private readonly teller: ExceptionTeller,
    private readonly work: WorkQueue,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.work.handle<NoticeWork>(kind, { concurrency: 1, leaseSeconds: 30, maxAttempts: 20 }, (lease) => this.notice(lease));
  }

  async keep(tx: Tx, granted: WaiverGranted, revision: number): Promise<void> {
    await this.table.save(tx, granted, revision);
    const { waiver, until } = granted;
    const runAfter = noticeAt(granted);
    if (runAfter) await this.work.add(tx, { kind, payload: { waiver } satisfies NoticeWork, dedupe: `${waiver} ${until}`, runAfter });
  }

  async end(tx: Tx, ended: WaiverEnded, revision: number): Promise<void> {
    const known = await this.table.end(tx, ended, revision);
    if (!known) return;
    const { granted } = known;
    const others = granted?.premise === undefined ? undefined : await this.table.sameReason(tx, granted);
    await this.teller.ended(tx, ended, { granted, others, revision });
  }

  /** Of an end that has come by now, or that was put off since, there is nothing to tell. */
  private async notice(lease: Lease<NoticeWork>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.table.find(tx, lease.payload.waiver);
      await lease.complete(tx);
      if (!row || row.told) return;
      const [from, until, now] = [noticeAt(row.granted), Date.parse(row.granted.until), Date.now()];
      if (!from || from.getTime() > now || until <= now) return;
      await this.table.noteTold(tx, row.granted.waiver);
      await this.teller.ending(tx, row.granted, row.revision);
    });
  }
}
