import { Injectable } from '@nestjs/common';
import type {
  DeliveredFact,
  Page,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryQuery,
  WebhookDeliveryStatus,
} from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, visibleTo, type Identity, type Tx } from '@throughline/service';
import { dayOfId } from './candidate.ts';

/** A delivery as it is read back; of a refused one only little was kept. */
export interface DeliveryRow {
  readonly id: string;
  readonly received_at: Date;
  readonly source_id: string;
  readonly status: WebhookDeliveryStatus;
  readonly reason: string | null;
  readonly event: string | null;
  readonly provider_id: string | null;
  readonly facts: string;
  readonly headers: string;
  readonly body_bytes: number;
  readonly replayed_at: Date | null;
  readonly replayable: boolean;
}

const kept = `
  select id, received_on, application, received_at, source_id, status, reason, event, provider_id, facts, headers, body_bytes, replayed_at,
    true as replayable from delivery`;
const refused = `
  select id, null::date as received_on, application, received_at, source_id, 'refused' as status, reason, null as event, null as provider_id,
    '[]' as facts, headers, body_bytes, null::timestamptz as replayed_at, false as replayable from refused_delivery`;

/** What came in, what it became, and why it was refused. */
@Injectable()
export class Deliveries {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(query: WebhookDeliveryQuery, caller: Identity): Promise<Page<WebhookDelivery>> {
    const after = decodeCursor(query.cursor, 1)?.[0];
    const params: unknown[] = [after ?? null, query.source ?? null, query.status ?? null, (query.limit ?? defaultLimit) + 1];
    const where = `where ($1::uuid is null or id < $1::uuid) and ($2::text is null or source_id::text = $2) and ${visibleTo(caller, params)}`;
    const sql = `
      (${kept} ${where} and ($3::text is null or status = $3) order by id desc limit $4)
      union all
      (${refused} ${where} and ($3::text is null or $3 = 'refused') order by id desc limit $4)
      order by id desc limit $4`;
    const page = pageOf(await this.database.rows<DeliveryRow>(sql, params), query.limit, (row) => [row.id]);
    return { items: page.items.map(shown), next: page.next };
  }

  async read(id: string, caller: Identity): Promise<WebhookDeliveryDetail> {
    const row = await this.row(id, caller);
    const headers = Object.entries(JSON.parse(row.headers) as Record<string, string>).map(([name, value]) => ({ name, value }));
    return {
      ...shown(row),
      headers,
      replayable: row.replayable,
      ...(row.replayed_at === null ? {} : { replayedAt: row.replayed_at.toISOString() }),
    };
  }

  /** Throws `Problem` 404 alike for a delivery that is not there and one that the caller may not see. */
  async row(id: string, caller: Identity): Promise<DeliveryRow> {
    const day = dayOfId(id);
    const params: unknown[] = [id, day];
    const visible = visibleTo(caller, params);
    const sql = `${kept} where id = $1 and received_on = $2 and ${visible} union all ${refused} where id = $1 and $2::date is not null and ${visible}`;
    const [row] = day === undefined ? [] : await this.database.rows<DeliveryRow>(sql, params);
    if (!row) throw new Problem(404, 'not_found', 'there is no such delivery');
    return row;
  }

  /** For work of our own; undefined when its time is over. */
  async find(id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.rows<DeliveryRow>(`${kept} where id = $1 and received_on = $2`, [id, dayOfId(id) ?? null]);
    return row;
  }

  /** A delivery that waited comes to nothing. */
  async refuse(tx: Tx, id: string, reason: string): Promise<void> {
    const sql = "update delivery set status = 'refused', reason = $3 where id = $1 and received_on = $2 and status = 'checking'";
    await rows(tx, sql, [id, dayOfId(id) ?? null, reason]);
  }
}

function shown(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    source: row.source_id,
    receivedAt: row.received_at.toISOString(),
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.event === null ? {} : { event: row.event }),
    ...(row.provider_id === null ? {} : { providerId: row.provider_id }),
    facts: JSON.parse(row.facts) as DeliveredFact[],
    bytes: row.body_bytes,
  };
}
