import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { scmProviders } from '@throughline/scm';
import { Database, Log, rows } from '@throughline/service';
import { IngestConfig } from '../config.ts';
import { isAsked } from '../sources/resting.ts';
import { ProtectionVisits, visitKind, type ProtectionVisit } from './protection-visits.ts';

const tickMs = 60_000;
const perTick = 200;
/** Protections change seldom, and a look costs two calls of those that a host counts. */
const roundSeconds = 6 * 3600;
const callsPerLook = 2;
/** Looking takes a tenth of what a host grants. */
const share = 0.1;

const due = `
  with pace as (
    select source.id, greatest($1::float8, count(*) * coalesce(max(cost.seconds), 0)) as seconds
    from source join repository on repository.source_id = source.id
      left join unnest($2::text[], $3::float8[]) as cost (kind, seconds) on cost.kind = source.kind
    where source.kind = any($4::text[]) and (source.token is not null or source.app_id is not null) group by source.id
  )
  select repository.id from repository join pace on pace.id = repository.source_id join source on source.id = repository.source_id
    left join seen_protection seen on seen.repository_id = repository.id
  where repository.full_name is not null and repository.default_branch is not null and ${isAsked}
    and (seen.repository_id is null or seen.checked_at < now() - make_interval(secs => pace.seconds))
  order by seen.checked_at nulls first, repository.id limit ${perTick}`;

const costs = scmProviders.flatMap(({ name, callsPerHour }) =>
  callsPerHour === undefined ? [] : [{ name, seconds: (callsPerLook * 3600) / (callsPerHour * share) }],
);
const kinds = scmProviders.filter((provider) => provider.requiredChecks !== undefined).map(({ name }) => name);

/** Looks now and then at what default branches require of changes. */
@Injectable()
export class ProtectionKeeper implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: IngestConfig,
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly visits: ProtectionVisits,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 60, maxAttempts: 3 };
    this.work.handle<ProtectionVisit>(visitKind, options, ({ payload }) => this.visits.visit(payload.repository));
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
        const params = [roundSeconds, costs.map(({ name }) => name), costs.map(({ seconds }) => seconds), kinds];
        const found = await rows<{ id: string }>(tx, due, params);
        const items = found.map(({ id }) => ({ kind: visitKind, payload: { repository: id }, dedupe: id, priority: 'bulk' as const }));
        await this.work.add(tx, ...items);
      });
    } catch (error) {
      this.log.warn({ error }, 'protections could not be chosen to look at, trying again');
    }
  }
}
