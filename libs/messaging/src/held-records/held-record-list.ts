import { Injectable } from '@nestjs/common';
import { HeldRecordAnswer, HeldRecordDetail, HeldRecordsSummary, make, type HeldRecordQuery, type Page } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, maskSecrets, pageOf, Problem, visibleTo, type Identity } from '@throughline/service';
import { traceIdOf } from '@throughline/telemetry';

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

/** Held records as people see them: newest first, what they say without secrets. */
@Injectable()
export class HeldRecordList {
  constructor(private readonly database: Database) {}

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
      `select ${columns}, value from held_record where id::text = $1 and ${visibleTo(caller, params)}`,
      params,
    );
    if (!row) throw notFound(id);
    const text = row.value?.toString('utf8') ?? '';
    const value = maskSecrets(text);
    return make(HeldRecordDetail, { ...answerOf(row), headers: maskSecrets(row.headers), value, masked: value !== text });
  }

  /** What waits for a person, for whoever is to tell people. */
  async summary(): Promise<HeldRecordsSummary> {
    const [row] = await this.database.rows<{ dead: number; latest: Date | null; consumer: string | null; error: string | null }>(
      `select count(*)::int as dead, max(held_at) as latest, mode() within group (order by consumer) as consumer,
         (select error from held_record where state = 'dead' order by position desc limit 1) as error
       from held_record where state = 'dead'`,
    );
    const { dead, latest, consumer, error } = row!;
    return make(HeldRecordsSummary, {
      dead,
      ...(latest && { latest: latest.toISOString() }),
      ...(consumer !== null && { consumer }),
      ...(error !== null && { error: maskSecrets(error) }),
    });
  }
}

/** The same for a record that is not there and one that the caller may not see. */
export function notFound(id: string): Problem {
  return new Problem(404, 'not_found', `there is no held record ${id}`);
}

function answerOf(row: ListedRow): HeldRecordAnswer {
  const { id, consumer, state, application, type, topic, partition, offset, key, attempts } = row;
  const error = maskSecrets(row.error);
  const { traceparent } = JSON.parse(row.headers) as { traceparent?: string };
  return make(HeldRecordAnswer, {
    ...{ id, consumer, state, application, type, topic, partition, offset, key, error, attempts },
    heldAt: row.heldAt.toISOString(),
    nextAt: state === 'waiting' ? row.nextAt.toISOString() : undefined,
    traceId: traceIdOf(traceparent ? { traceparent } : undefined),
  });
}
