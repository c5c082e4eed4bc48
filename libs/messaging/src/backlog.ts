import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Metrics, type Reading } from '@throughline/service';
import { FactTransport } from './facts/fact-transport.ts';

const helps = {
  throughline_outbox_facts: 'Facts that wait to be sent.',
  throughline_outbox_oldest_seconds: 'Age of the oldest of them.',
  throughline_work_items: 'Work by kind and state; dead waits for a person.',
  throughline_work_oldest_seconds: 'How long the oldest open work that is due has been waiting, by kind.',
  throughline_held_records: 'Records that could not be handled, by consumer and state; dead waits for a person.',
  throughline_held_records_oldest_seconds: 'Age of the oldest of them, by consumer.',
  throughline_consumer_lag_facts: 'Records that a consumer has not handled yet, as its last fetch told.',
  throughline_consumer_ready: '0 while a consumer is out of its group or a partition of it stands still.',
};

const counted = `
  select 'throughline_outbox_facts' as name, null as kind, null as state, count(*)::float8 as value from outbox
  union all
  select 'throughline_outbox_oldest_seconds', null, null, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 from outbox
  union all
  select 'throughline_work_items', kind, state, count(*)::float8 from work group by kind, state
  union all
  select 'throughline_work_oldest_seconds', kind, null, extract(epoch from clock_timestamp() - min(run_after))::float8
  from work where state = 'open' and run_after <= clock_timestamp() group by kind
  union all
  select 'throughline_held_records', consumer, state, count(*)::float8 from held_record group by consumer, state
  union all
  select 'throughline_held_records_oldest_seconds', consumer, null, extract(epoch from clock_timestamp() - min(held_at))::float8
  from held_record group by consumer`;

interface Row {
  readonly name: keyof typeof helps;
  readonly kind: string | null;
  readonly state: string | null;
  readonly value: number;
}

/** What waits: counted in the tables when somebody looks, so that it is true whichever process did the work. */
@Injectable()
export class Backlog implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly transport: FactTransport,
  ) {}

  onModuleInit(): void {
    this.metrics.gauges(helps, async () => [...(await this.rows()), ...this.consumers()]);
  }

  private async rows(): Promise<readonly Reading[]> {
    const found = await this.database.rows<Row>(counted);
    return found.map(({ name, kind, state, value }) => {
      const by = name.startsWith('throughline_held') ? 'consumer' : 'kind';
      return { name, value, labels: { ...(kind !== null && { [by]: kind }), ...(state !== null && { state }) } };
    });
  }

  private consumers(): readonly Reading[] {
    return this.transport.standing().flatMap(({ consumer, lag, problem }) => [
      { name: 'throughline_consumer_lag_facts', value: lag, labels: { consumer } },
      { name: 'throughline_consumer_ready', value: problem === undefined ? 1 : 0, labels: { consumer } },
    ]);
  }
}
