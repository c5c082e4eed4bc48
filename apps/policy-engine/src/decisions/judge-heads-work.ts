import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { Lines } from '../facts/lines.ts';
import { workKinds, type JudgeHeadsWork as Payload } from '../work-kinds.ts';

/** Has the heads of lines judged again when what they are judged by has changed. Older subjects are judged when a gate asks. */
@Injectable()
export class JudgeHeadsWork implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly lines: Lines,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(workKinds.judgeHeads, { concurrency: 1, leaseSeconds: 60, maxAttempts: 10 }, async (lease) => {
      await this.database.transaction(async (tx) => {
        const subjects = await this.lines.headSubjects(tx, lease.payload.repositories);
        await lease.complete(tx);
        const judged = subjects.map((subject) => ({
          kind: workKinds.judge,
          payload: { subject },
          dedupe: subject,
          priority: 'bulk' as const,
        }));
        await this.work.add(tx, ...judged);
      });
    });
  }
}
