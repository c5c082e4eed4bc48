import { Injectable } from '@nestjs/common';
import { HeldRecordAnswer, HeldRecordDetail, make, type HeldRecordQuery, type Page } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, visibleTo, type Identity } from '@throughline/service';
import { traceIdOf } from '@throughline/telemetry';
import { HeldRecordDrain } from './held-record-drain.ts';

interface ListedRow {
  readonly id: string;
  readonly position: string;
  readonly consumer: string;
  readonly state: 'waiting' | 'dead';
  readonly application: string;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly error: string;
  readonly attempts: number;
  readonly heldAt: Date;
  readonly nextAt: Date;
  readonly headers: string;
  readonly value?: Buffer | null;
}

const columns = `id, position, consumer, state, application, type, topic, partition, record_offset as "offset", key, error, attempts,
  held_at as "heldAt", next_at as "nextAt", headers`;
const shownBytes = 16 * 1024;

/** Held records as people see them: newest first, and what may be done with one. */
@Injectable()
export class HeldRecordList {
  constructor(
    private readonly database: Database,
    private readonly drain: HeldRecordDrain,
  ) {}

  async page(query: HeldRecordQuery, caller: Identity): Promise<Page<HeldRecordAnswer>> {
    const limit = query.limit ?? defaultLimit;
    const before = decodeCursor(query.cursor, 1)?.[0] ?? null;
    const params: unknown[] = [query.state ?? null, query.consumer ?? null, before, limit + 1];
    const found = await this.database.rows<ListedRow>(
      `select ${columns} from held_record
       where ($1::text is null or state = $1) and ($2::text is null or consumer = $2) and ($3::bigint is null or position < $3)
         and ${visibleTo(caller, params)}
       order by position desc limit $4`,
      params,
    );
    const { items, next } = pageOf(found, limit, (row) => [row.position]);
    return { items: items.map(answerOf), next };
  }

  async detail(id: string, caller: Identity): Promise<HeldRecordDetail> {
    const params: unknown[] = [id];
    const [row] = await this.database.rows<ListedRow>(
      `select ${columns}, substring(value for ${shownBytes}) as value from held_record where id::text = $1 and ${visibleTo(caller, params)}`,
      params,
    );
    if (!row) throw notFound(id);
    return make(HeldRecordDetail, { ...answerOf(row), headers: row.headers, value: row.value?.toString('utf8') ?? '' });
  }

  /** Has a record handled anew; one that the broker refused goes back into the outbox. */
  async replay(id: string, caller: Identity): Promise<void> {
    const params: unknown[] = [id];
    const visible = visibleTo(caller, params);
    await this.database.transaction(async (tx) => {
      const resent = await rows(
        tx,
        `with gone as (delete from held_record where id::text = $1 and partition = -1 and ${visible} returning *)
         insert into outbox (id, topic, key, headers, payload, carrier)
         select (headers::json ->> 'ce_id')::uuid, topic, key, headers, convert_from(value, 'UTF8'), headers::json ->> 'traceparent' from gone
         returning 1`,
        params,
      );
      if (resent.length > 0) return;
      const waiting = await rows(
        tx,
        `update held_record set state = 'waiting', attempts = 0, next_at = clock_timestamp() where id::text = $1 and ${visible} returning 1`,
        params,
      );
      if (waiting.length === 0) throw notFound(id);
    });
    this.drain.wake();
  }

  /** Forgets a record: what it reported has no effect here. */
  async discard(id: string, caller: Identity): Promise<void> {
    const params: unknown[] = [id];
    const gone = await this.database.rows(
      `delete from held_record where id::text = $1 and ${visibleTo(caller, params)} returning 1`,
      params,
    );
    if (gone.length === 0) throw notFound(id);
    this.drain.wake();
  }
}

function notFound(id: string): Problem {
  return new Problem(404, 'not_found', `there is no held record ${id}`);
}

function answerOf(row: ListedRow): HeldRecordAnswer {
  const { id, consumer, state, application, type, topic, partition, offset, key, error, attempts } = row;
  const { traceparent } = JSON.parse(row.headers) as { traceparent?: string };
  return make(HeldRecordAnswer, {
    ...{ id, consumer, state, application, type, topic, partition, offset, key, error, attempts },
    heldAt: row.heldAt.toISOString(),
    nextAt: state === 'waiting' ? row.nextAt.toISOString() : undefined,
    traceId: traceIdOf(traceparent ? { traceparent } : undefined),
  });
}
