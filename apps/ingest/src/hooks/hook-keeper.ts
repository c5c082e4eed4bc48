import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { Database, Log, rows } from '@throughline/service';
import { IngestConfig } from '../config.ts';
import { HookVisits, visitKind, type HookVisit } from './hook-visits.ts';

const tickMs = 30_000;
const perTick = 100;

const due = `
  select repository.id from repository join source on source.id = repository.source_id
    left join kept_hook kept on kept.repository_id = repository.id
  where source.keeps_hooks and repository.full_name is not null
    and (kept.repository_id is null or kept.checked_at < now() - make_interval(secs => $1))
  order by kept.checked_at nulls first, repository.id limit ${perTick}`;

/** Looks at the webhooks of repositories as often as at their refs: what was changed or taken away is put right. */
@Injectable()
export class HookKeeper implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: IngestConfig,
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly visits: HookVisits,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 2, leaseSeconds: 60, maxAttempts: 3 };
    this.work.handle<HookVisit>(visitKind, options, ({ payload }) => this.visits.visit(payload.repository));
  }

  onApplicationBootstrap(): void {
    if (this.config.reconcileSeconds === 0) return;
    this.timer = setInterval(() => void (this.running = this.tick()), tickMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Opens work for the repositories whose turn it is; one that is open already is not doubled. */
  async tick(): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        const found = await rows<{ id: string }>(tx, due, [this.config.reconcileSeconds]);
        const items = found.map(({ id }) => ({ kind: visitKind, payload: { repository: id }, dedupe: id, priority: 'bulk' as const }));
        await this.work.add(tx, ...items);
      });
    } catch (error) {
      this.log.warn({ error }, 'webhooks could not be chosen to look at, trying again');
    }
  }
}
