import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import type { VexSelection } from './vex-rows.ts';
import { VexTriages } from './vex-triages.ts';

/** Goes through the findings that statements may speak about, page by page. */
@Injectable()
export class VexWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly triages: VexTriages,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 60, maxAttempts: 8 };
    this.work.handle<VexSelection>(workKinds.applyVex, options, (lease) => this.run(lease));
  }

  private async run(lease: Lease<VexSelection>): Promise<void> {
    for (let after: string | undefined = '0'; after !== undefined && !lease.signal.aborted;) {
      const from: string = after;
      after = await this.database.transaction((tx) => this.triages.applyPage(tx, lease.payload, from));
      if (after !== undefined) await lease.renew();
    }
  }
}
