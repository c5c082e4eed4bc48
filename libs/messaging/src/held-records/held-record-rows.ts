import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { Database, rows, type Tx } from '@throughline/service';
import type { FactRecord } from '../facts/record.ts';

/** Why and for whom a record is held. */
export interface Hold {
  /** `<service>.<module>`, or `<service>.outbox` for a fact that the broker refused. */
  readonly consumer: string;
  /** `waiting` is retried by itself, `dead` waits for a person. */
  readonly state: 'waiting' | 'dead';
  /** Later records of the same key wait behind it. */
  readonly ordered: boolean;
  readonly application: string;
  readonly error: string;
  readonly attempts: number;
}

/** A held record that is due, with its record as it came. */
export interface DueRecord {
  readonly id: string;
  readonly consumer: string;
  readonly attempts: number;
  readonly record: FactRecord;
}

/** How many records of a key wait. */
export interface WaitingKey {
  readonly topic: string;
  readonly key: string;
  readonly count: number;
}

interface Row {
  readonly id: string;
  readonly consumer: string;
  readonly attempts: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly headers: string;
  readonly value: Buffer | null;
  readonly sentAt: Date;
}

const insert = `
  insert into held_record (id, consumer, topic, partition, record_offset, key, ordered, application, type,
    headers, value, sent_at, state, error, attempts, next_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, clock_timestamp() + interval '1 second')
  on conflict (consumer, topic, partition, record_offset) do nothing`;

/** The claim is a push of `next_at`: a drainer that does not come back has lost the record a minute later. */
const claimDue = `
  with due as (
    select id from held_record as held
    where consumer = any($1) and state = 'waiting' and next_at <= clock_timestamp()
      and (not ordered or not exists (
        select 1 from held_record as earlier
        where earlier.consumer = held.consumer and earlier.topic = held.topic and earlier.key = held.key
          and earlier.ordered and earlier.state = 'waiting' and earlier.record_offset < held.record_offset))
    order by position
    limit $2
    for update skip locked
  )
  update held_record set next_at = clock_timestamp() + interval '1 minute'
  from due where held_record.id = due.id
  returning held_record.id, consumer, attempts, topic, partition, record_offset as "offset", key, headers, value, sent_at as "sentAt"`;

/** Records that a handler could not take: one row each, the partition has gone on. */
@Injectable()
export class HeldRecordRows {
  constructor(private readonly database: Database) {}

  /** Keeps a record; a record that is held already stays as it is. */
  async hold(record: FactRecord, hold: Hold, tx?: Tx): Promise<void> {
    const values = [
      uuidv7(),
      hold.consumer,
      record.topic,
      record.partition,
      record.offset,
      storable(record.key),
      hold.ordered,
      storable(hold.application),
      storable(record.headers['ce_type'] ?? '').slice(0, 200),
      JSON.stringify(record.headers),
      record.value,
      new Date(record.sentAt),
      hold.state,
      hold.error,
      hold.attempts,
    ];
    await (tx ? rows(tx, insert, values) : this.database.rows(insert, values));
  }

  /** Keys of ordered records that wait, with how many: what comes later has to queue behind them. */
  waitingKeys(consumer: string, of: readonly Pick<FactRecord, 'topic' | 'key'>[]): Promise<readonly WaitingKey[]> {
    const sql = `select topic, key, count(*)::int as count from unnest($2::text[], $3::text[]) as wanted (topic, key)
      join held_record using (topic, key) where consumer = $1 and ordered and state = 'waiting' group by topic, key`;
    return this.database.rows<WaitingKey>(sql, [consumer, of.map(({ topic }) => topic), of.map(({ key }) => key)]);
  }

  /** The next records to try again, of each ordered key only the first. */
  async claimDue(consumers: readonly string[], limit: number): Promise<DueRecord[]> {
    const found = await this.database.rows<Row>(claimDue, [consumers, limit]);
    return found.map(({ id, consumer, attempts, sentAt, headers, offset, ...rest }) => ({
      id,
      consumer,
      attempts,
      record: { ...rest, offset, sentAt: sentAt.getTime(), headers: JSON.parse(headers) as Record<string, string> },
    }));
  }

  /** The record was handled. Its successor is due at once. */
  async remove(due: DueRecord): Promise<void> {
    await this.database.rows('delete from held_record where id = $1', [due.id]);
    await this.releaseSuccessor(due);
  }

  async retryLater(due: DueRecord, inMs: number, error: string): Promise<void> {
    const sql = `update held_record set attempts = attempts + 1, error = $3, next_at = clock_timestamp() + make_interval(secs => $2) where id = $1`;
    await this.database.rows(sql, [due.id, inMs / 1000, error]);
  }

  /** Gives the record up until a person decides; what waited behind it goes on. */
  async bury(due: DueRecord, error: string): Promise<void> {
    await this.database.rows(`update held_record set attempts = attempts + 1, state = 'dead', error = $2 where id = $1`, [due.id, error]);
    await this.releaseSuccessor(due);
  }

  private async releaseSuccessor({ consumer, record }: DueRecord): Promise<void> {
    const sql = `update held_record set next_at = clock_timestamp()
      where consumer = $1 and topic = $2 and key = $3 and ordered and state = 'waiting' and attempts = 0`;
    await this.database.rows(sql, [consumer, record.topic, record.key]);
  }
}

/** Postgres takes no NUL in text. */
function storable(text: string): string {
  return text.replaceAll('\0', '�');
}
