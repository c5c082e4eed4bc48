import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { scmProviders } from '@throughline/scm';
import { Database, Log, rows } from '@throughline/service';
import { IngestConfig } from '../config.ts';
import { isAsked } from '../sources/resting.ts';
import { HookVisits, visitKind, type HookVisit } from './hook-visits.ts';

const tickMs = 15_000;
const perTick = 500;
/** A webhook that was taken away is back within five minutes, where the host lets us look so often. */
const roundSeconds = 240;

const due = `
  with pace as (
    select source.id, greatest($1::float8, count(*) * coalesce(max(cost.seconds), 0)) as seconds
    from source join repository on repository.source_id = source.id
      left join unnest($2::text[], $3::float8[]) as cost (kind, seconds) on cost.kind = source.kind
    where source.keeps_hooks and ${isAsked} group by source.id
  )
  select repository.id from repository join pace on pace.id = repository.source_id join source on source.id = repository.source_id
    left join kept_hook kept on kept.repository_id = repository.id
  where repository.full_name is not null and ${isAsked}
    and (kept.repository_id is null or kept.checked_at < now() - make_interval(secs => pace.seconds))
  order by kept.checked_at nulls first, repository.id limit ${perTick}`;

/** Seconds that one look costs at hosts that count calls: looking takes half of what they grant. */
const costs = scmProviders.flatMap(({ name, callsPerHour }) =>
  callsPerHour === undefined ? [] : [{ name, seconds: 7200 / callsPerHour }],
);

/** Looks at the webhooks of repositories again and again: what was changed or taken away is put right. */
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
        const round = Math.min(this.config.reconcileSeconds, roundSeconds);
        const found = await rows<{ id: string }>(tx, due, [round, costs.map(({ name }) => name), costs.map(({ seconds }) => seconds)]);
        const items = found.map(({ id }) => ({ kind: visitKind, payload: { repository: id }, dedupe: id, priority: 'bulk' as const }));
        await this.work.add(tx, ...items);
      });
    } catch (error) {
      this.log.warn({ error }, 'webhooks could not be chosen to look at, trying again');
    }
  }
}
