import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { WaiverRows, type WaiverRow } from './waiver-rows.ts';
import { WaiverShadows, type ShadowWork } from './waiver-shadows.ts';

/** Goes through the findings that a waiver covers, or covered, page by page. */
@Injectable()
export class ShadowWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly table: WaiverRows,
    private readonly shadows: WaiverShadows,
  ) {}

  onModuleInit(): void {
    this.work.handle<ShadowWork>(workKinds.shadowWaiver, { concurrency: 1, leaseSeconds: 60, maxAttempts: 8 }, (lease) => this.run(lease));
  }

  private async run(lease: Lease<ShadowWork>): Promise<void> {
    const { waiver, repository } = lease.payload;
    if (waiver !== undefined) {
      const row = await this.database.transaction((tx) => this.table.find(tx, waiver));
      if (row?.ended) await this.takeOff(lease, row);
      else if (row) await this.apply(lease, row);
      return;
    }
    const found = await this.database.transaction((tx) => this.table.forRepository(tx, repository!));
    for (const row of found) await this.apply(lease, row, repository);
  }

  private async apply(lease: Lease<ShadowWork>, row: WaiverRow, repository?: string): Promise<void> {
    for (let after: string | undefined = '0'; after !== undefined && !lease.signal.aborted;) {
      const from: string = after;
      after = await this.database.transaction((tx) => this.shadows.applyPage(tx, row, from, repository));
      if (after !== undefined) await lease.renew();
    }
  }

  /** What it leaves bare may be covered by another one. */
  private async takeOff(lease: Lease<ShadowWork>, row: WaiverRow): Promise<void> {
    for (let more = true; more && !lease.signal.aborted;) {
      more = await this.database.transaction(async (tx) => {
        const repositories = await this.table.uncoverPage(tx, row);
        for (const repository of repositories) await this.shadows.changed(tx, repository);
        return repositories.length > 0;
      });
      if (more) await lease.renew();
    }
    await this.database.transaction((tx) => this.table.forget(tx, row.id));
  }
}
