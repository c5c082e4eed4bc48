import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { Database, Log, rows } from '@throughline/service';
import { IngestConfig } from '../config.ts';
import { isAsked } from '../sources/resting.ts';
import { lookKind, type Look } from './missed-pushes.ts';
import { RepositoryLooks } from './repository-looks.ts';

const tickMs = 30_000;
const perTick = 50;

const due = `
  update repository set looked_at = now()
  where id in (
    select repository.id from repository left join source on source.id = repository.source_id
    where ${isAsked} and looked_at < now() - make_interval(secs => $1) and exists (select 1 from repository_head where repository_id = repository.id)
    order by looked_at limit ${perTick} for update of repository skip locked)
  returning id`;

/** Looks at every repository from time to time: providers do not send a webhook again that we missed. */
@Injectable()
export class Reconciler implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: IngestConfig,
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly looks: RepositoryLooks,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.work.handle<Look>(lookKind, { concurrency: 2, leaseSeconds: 60, maxAttempts: 3 }, (lease) => this.looks.look(lease));
  }

  onApplicationBootstrap(): void {
    if (this.config.reconcileSeconds === 0) return;
    this.timer = setInterval(() => void (this.running = this.tick()), tickMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Opens work for the repositories whose turn it is. */
  async tick(): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        const found = await rows<{ id: string }>(tx, due, [this.config.reconcileSeconds]);
        await this.work.add(
          tx,
          ...found.map(({ id }) => ({ kind: lookKind, payload: { repository: id }, dedupe: id, priority: 'bulk' as const })),
        );
      });
    } catch (error) {
      this.log.warn({ error }, 'repositories could not be chosen to look at, trying again');
    }
  }
}
