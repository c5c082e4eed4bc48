import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import { carrierNow } from '@throughline/telemetry';
import { Wakeups } from '../database/wakeups.ts';
import { priorities, type Lease, type NewWork, type WorkOptions } from './lease.ts';
import { WorkRows } from './work-rows.ts';
import { Workers } from './workers.ts';

const maxPayloadBytes = 256 * 1024;

/** A lane that has nothing open begins with those whose turn is now; what is added to another one comes after what it has. */
const turn = `
  case when lane is null then 0 else greatest(
    (select min(turn) from work where work.kind = item.kind and work.lane is not null and state = 'open' and work.run_after <= now()),
    (select max(turn) + 1 from work where work.kind = item.kind and work.lane = item.lane and state <> 'dead'), 0) end`;

const insert = `
  with added as (
    insert into work (kind, key, payload, priority, dedupe, run_after, carrier, lane, turn)
    select kind, key, payload, priority, dedupe, coalesce(run_after, clock_timestamp()), $7, lane, ${turn}
    from unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::timestamptz[], $8::text[])
      with ordinality as item (kind, key, payload, priority, dedupe, run_after, lane, number)
    order by number
    on conflict (kind, dedupe) where dedupe is not null and state <> 'dead' do nothing
    returning kind, run_after <= clock_timestamp() as now
  )
  select kind, bool_or(now) as now from added group by kind`;

/** What is to be done later, retried, ordered or leased: rows of this service, worked on by its processes. */
@Injectable()
export class WorkQueue {
  constructor(
    private readonly wakeups: Wakeups,
    private readonly workers: Workers,
    private readonly table: WorkRows,
  ) {}

  /** Adds work that starts after the commit of `tx`, in the trace that runs now. */
  async add(tx: Tx, ...items: readonly NewWork[]): Promise<void> {
    if (items.length === 0) return;
    const added = await rows<{ kind: string; now: boolean }>(tx, insert, [
      items.map((item) => item.kind),
      items.map((item) => item.key ?? null),
      items.map(payloadOf),
      items.map((item) => priorities[item.priority ?? 'normal']),
      items.map((item) => item.dedupe ?? null),
      items.map((item) => item.runAfter ?? null),
      carrierNow().traceparent ?? null,
      items.map((item) => item.lane ?? null),
    ]);
    const ready = added.filter(({ now }) => now).map(({ kind }) => kind);
    if (added.length > 0) this.wakeups.announce(tx, 'work', ready);
  }

  /** Takes back work that nobody has begun, since what it waited for has come. */
  async drop(tx: Tx, kind: string, ...dedupes: readonly string[]): Promise<void> {
    await rows(tx, `delete from work where kind = $1 and dedupe = any($2::text[]) and state = 'open'`, [kind, dedupes]);
  }

  /** Lets work go on that was postponed until something has come (`WorkPostponed`), the oldest first. @param most how much of it; all when left out */
  async release(tx: Tx, kind: string, waitsFor: string, most?: number): Promise<void> {
    if (await this.table.letGo(tx, kind, waitsFor, most ?? null)) this.wakeups.announce(tx, 'work', [kind]);
  }

  /**
   * Says how work of a kind is done; call it in `onModuleInit`. Work that returns without `lease.complete(tx)` is completed
   * afterwards. An error is retried with back-off up to `maxAttempts`, `PermanentFailure` is not, and `WorkPostponed` is none.
   */
  handle<P extends object>(kind: string, options: WorkOptions<P>, work: (lease: Lease<P>) => Promise<void>): void {
    this.workers.register({ kind, options, work });
  }
}

function payloadOf(item: NewWork): string {
  const payload = JSON.stringify(item.payload);
  if (Buffer.byteLength(payload) > maxPayloadBytes) {
    throw new RangeError(`the payload of ${item.kind} has more than ${maxPayloadBytes} bytes: keep its body in a blob`);
  }
  return payload;
}
