import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Metrics, type Reading } from '@throughline/service';

const helps = {
  throughline_notifications_open: 'Messages that are not sent yet, by kind of channel and state.',
  throughline_notifications_oldest_seconds: 'Age of the oldest of them, by kind of channel.',
  throughline_notifications_ended: 'Messages that ended within the last hour, by kind of channel and state; dead reached nobody.',
};

/** Ids are UUIDv7: the last hour is the end of the primary key. */
const counted = `
  select 'throughline_notifications_open' as name, c.kind, d.state, count(*)::float8 as value
  from deliveries d join conversations c on c.id = d.conversation where d.state in ('queued', 'sending', 'retrying') group by c.kind, d.state
  union all
  select 'throughline_notifications_oldest_seconds', c.kind, null, extract(epoch from clock_timestamp() - min(d.queued_at))::float8
  from deliveries d join conversations c on c.id = d.conversation where d.state in ('queued', 'sending', 'retrying') group by c.kind
  union all
  select 'throughline_notifications_ended', c.kind, d.state, count(*)::float8
  from deliveries d join conversations c on c.id = d.conversation
  where d.state in ('delivered', 'kept', 'dead')
    and d.id >= (rpad(lpad(to_hex((extract(epoch from clock_timestamp() - interval '1 hour') * 1000)::bigint), 12, '0'), 32, '0'))::uuid
  group by c.kind, d.state`;

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly state: string | null;
  readonly value: number;
}

/** What became of messages, and what waits. */
@Injectable()
export class DeliveryMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.metrics.gauges(helps, async () => (await this.database.rows<Row>(counted)).map(readingOf));
  }
}

function readingOf({ name, kind, state, value }: Row): Reading {
  return { name, value, labels: { channel: kind, ...(state !== null && { state }) } };
}
