import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { workKinds } from '../work-kinds.ts';
import { Matching } from './matching.ts';

const versionsPerWork = 5_000;
const advisoriesPerWork = 500;

/** Null where some are the demo's and some are not. */
const worldOf = `
  select case when bool_and(demo) then true when not bool_or(demo) then false end as demo from advisory where id = any($1::bigint[])`;

/** Compares the versions in use with advisories that changed, and leaves the heads that are touched to be evaluated anew. */
@Injectable()
export class MatchWorker implements OnApplicationBootstrap, OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly matching: Matching,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 60, maxAttempts: 8 };
    this.work.handle<{ advisories: string[] }>(workKinds.matchAdvisories, options, (lease) => this.match(lease));
  }

  /** A release that compares in another way leaves no verdict of the one before. */
  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const parts = chunksOf(await this.matching.outdated(tx), advisoriesPerWork);
      const items = parts.map((advisories) => ({
        ...{ kind: workKinds.matchAdvisories, key: 'verdicts', priority: 'bulk' as const },
        payload: { advisories },
      }));
      await this.work.add(tx, ...items);
    });
  }

  private async match(lease: Lease<{ advisories: string[] }>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const changed = await this.matching.matchAdvisories(tx, lease.payload.advisories);
      const still = await rows<{ id: string }>(
        tx,
        'select distinct component_version_id as id from affected where advisory_id = any($1::bigint[])',
        [lease.payload.advisories],
      );
      const versions = [...new Set([...changed, ...still.map(({ id }) => id)])];
      const [of] = await rows<{ demo: boolean | null }>(tx, worldOf, [lease.payload.advisories]);
      const items = chunksOf(versions, versionsPerWork).map((part) => ({
        kind: workKinds.findTouched,
        payload: { versions: part, demo: of?.demo },
      }));
      await this.work.add(tx, ...items);
      await lease.complete(tx);
    });
  }
}
