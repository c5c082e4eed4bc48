import { Injectable } from '@nestjs/common';
import { decodeEnvelope, decodeFact, FactRefused, HeldRecordsReplayed, make } from '@throughline/contracts';
import { Database, Problem, rows, visibleTo, type Identity, type Tx } from '@throughline/service';
import { HeldRecordDrain } from './held-record-drain.ts';
import { notFound } from './held-record-list.ts';

/** A call is one short transaction. */
const atOnce = 1_000;
const masked = /\[redacted/;

/** A fact that the broker refused has no place on a partition: it goes back into the outbox. */
const resend = `
  insert into outbox (id, topic, key, headers, payload, carrier)
  select (headers::json ->> 'ce_id')::uuid, topic, key, headers, convert_from(value, 'UTF8'), headers::json ->> 'traceparent'
  from gone order by position returning 1`;
const again = `state = 'waiting', attempts = 0, next_at = clock_timestamp()`;

/** What a person decides about records that could not be handled. Deciding the same twice has one effect. */
@Injectable()
export class HeldRecordOrders {
  constructor(
    private readonly database: Database,
    private readonly drain: HeldRecordDrain,
  ) {}

  /** Has a record handled anew, with another value when one is given. */
  async replay(id: string, caller: Identity, value?: string): Promise<void> {
    const params: unknown[] = [id];
    const which = `id::text = $1 and ${visibleTo(caller, params)}`;
    await this.database.transaction(async (tx) => {
      if (value !== undefined) await this.correct(tx, id, which, params, value);
      const resent = await rows(
        tx,
        `with gone as (delete from held_record where ${which} and partition = -1 returning *) ${resend}`,
        params,
      );
      if (resent.length > 0) return;
      const waiting = await rows(tx, `update held_record set ${again} where ${which} returning 1`, params);
      if (waiting.length === 0) throw notFound(id);
    });
    this.drain.wake();
  }

  /** The same for all that were given up, the oldest first. */
  async replayAll(caller: Identity, consumer: string | undefined, dryRun: boolean): Promise<HeldRecordsReplayed> {
    const params: unknown[] = [consumer ?? null];
    const which = `state = 'dead' and ($1::text is null or consumer = $1) and ${visibleTo(caller, params)}`;
    const records = await this.database.transaction(async (tx) => {
      const found = await rows<{ id: string }>(
        tx,
        `select id from held_record where ${which} order by position limit ${atOnce} for update`,
        params,
      );
      const ids = found.map((row) => row.id);
      if (dryRun) return ids.length;
      await rows(tx, `with gone as (delete from held_record where id = any($1::uuid[]) and partition = -1 returning *) ${resend}`, [ids]);
      await rows(tx, `update held_record set ${again} where id = any($1::uuid[])`, [ids]);
      return ids.length;
    });
    const [open] = await this.database.rows<{ left: number }>(`select count(*)::int as left from held_record where ${which}`, params);
    this.drain.wake();
    return make(HeldRecordsReplayed, { records, left: open!.left });
  }

  /** Forgets a record: what it reported has no effect here. */
  async discard(id: string, caller: Identity): Promise<void> {
    const params: unknown[] = [id];
    const sql = `delete from held_record where id::text = $1 and ${visibleTo(caller, params)} returning 1`;
    if ((await this.database.rows(sql, params)).length === 0) throw notFound(id);
    this.drain.wake();
  }

  /** Puts another value in place, if it is one that a consumer could read. */
  private async correct(tx: Tx, id: string, which: string, params: readonly unknown[], value: string): Promise<void> {
    const [held] = await rows<{ state: string; headers: string }>(
      tx,
      `select state, headers from held_record where ${which} for update`,
      params,
    );
    if (!held) throw notFound(id);
    if (held.state !== 'dead')
      throw new Problem(409, 'still_tried', 'the record is still being tried again: correct it when it was given up');
    refuseUnreadable(JSON.parse(held.headers) as Record<string, string>, value);
    await rows(tx, 'update held_record set value = $2 where id::text = $1', [id, Buffer.from(value)]);
  }
}

function refuseUnreadable(headers: Readonly<Record<string, string>>, value: string): void {
  if (masked.test(value)) throw refused('it holds a place that was masked when it was shown: put the true text there');
  try {
    decodeFact(decodeEnvelope(headers), value);
  } catch (error) {
    if (error instanceof FactRefused) throw refused(error.message);
    throw error;
  }
}

function refused(detail: string): Problem {
  return new Problem(422, 'unreadable', 'the corrected value cannot be handled either', [
    { pointer: '/value', detail: detail.slice(0, 500) },
  ]);
}
