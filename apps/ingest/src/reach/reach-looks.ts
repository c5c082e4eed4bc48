import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { ScmCallFailed, type AppReach } from '@throughline/scm';
import { Database, Log, Problem } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { ReachEffects } from './reach-effects.ts';
import { noteFaultOf } from './reach-rows.ts';
import { reachKind, settlingMs, type ReachLook } from './reach-work.ts';

/** When the last look began, where that is late enough for what was told at a time. */
const seen = `
  select 1 from app_installation where source_id = $1 and installation = $2 and fault is null
    and listed_at > $3::timestamptz + make_interval(secs => ${settlingMs / 1000})`;

/** Asks hosts what an App may see after they told that it changed, and follows. */
@Injectable()
export class ReachLooks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly effects: ReachEffects,
    private readonly work: WorkQueue,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.work.handle<ReachLook>(
      reachKind,
      {
        concurrency: 1,
        leaseSeconds: 180,
        maxAttempts: 8,
        onDead: ({ payload }, tx, error) => noteFaultOf(tx, payload, error.message),
      },
      (lease) => this.look(lease),
    );
  }

  private async look(lease: Lease<ReachLook>): Promise<void> {
    const { payload: look } = lease;
    const source = await this.directory.find(look.source);
    if (source?.app?.id !== look.app || (await this.isSettled(lease))) return;
    const [{ now }] = (await this.database.rows<{ now: string }>('select clock_timestamp()::text as now')) as [{ now: string }];
    const found = await this.reachOf(source, look);
    if ('fault' in found) {
      await this.database.transaction(async (tx) => {
        await noteFaultOf(tx, look, found.fault);
        await lease.complete(tx);
      });
      return;
    }
    const connected = await this.effects.follow(source, lease, found, now);
    this.log.info(
      { source: source.id, installation: look.installation, state: found.state, connected },
      'the reach of an App was looked at',
    );
  }

  /** Told before the last look began: that has seen it, unless names were told, which it may not have known. */
  private async isSettled({ payload, queuedAt }: Lease<ReachLook>): Promise<boolean> {
    if (payload.renamed || payload.lost.length + payload.deleted.length > 0) return false;
    return (await this.database.rows(seen, [payload.source, payload.installation, queuedAt])).length > 0;
  }

  /** Throws what may go better later. */
  private async reachOf(source: KnownSource, { installation }: ReachLook): Promise<AppReach | { readonly fault: string }> {
    try {
      const found = await this.apis.reachOfApp(source, installation);
      return found ?? { fault: 'the host has no Apps, or its address is not known' };
    } catch (error) {
      if (!(error instanceof ScmCallFailed || error instanceof Problem)) throw error;
      if (error instanceof ScmCallFailed && !error.retryable) return { fault: error.message };
      throw new Error(error.message, { cause: error });
    }
  }
}
