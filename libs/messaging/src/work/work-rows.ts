import { Injectable } from '@nestjs/common';
import { Database, rows, type Tx } from '@throughline/service';
import { priorities } from './lease.ts';

/** A row that was just leased to us. */
export interface LeasedRow {
  readonly id: string;
  readonly payload: string;
  readonly priority: number;
  readonly attempt: number;
  readonly failures: number;
  readonly carrier: string | null;
  readonly queuedAt: Date;
  /** How long it lay open since it was added or last failed. */
  readonly waitedMs: number;
  /** More of its kind was due when it was claimed, whoever may have it. */
  readonly more: boolean;
}

export interface Claim {
  readonly kind: string;
  readonly limit: number;
  readonly leaseSeconds: number;
  /** Which of it: all, only what a person waits for, or only what has waited for minutes, the oldest first. */
  readonly of: 'all' | 'interactive' | 'overdue';
}

/** What there is to do; `now()`, since an index cannot be searched for a time that goes on. */
export interface Standing {
  /** Kinds with work that is due, which need not be free. */
  readonly due: readonly string[];
  /** Until the next work is due, if there is any. */
  readonly nextInMs: number | undefined;
  /** The lease of a worker that did not come back has ended. */
  readonly expired: boolean;
}

const look = `
  select kind, exists (select 1 from work where work.kind = wanted.kind and state = 'open' and run_after <= now()) as due,
    extract(epoch from (select min(run_after) from work where work.kind = wanted.kind and state = 'open' and run_after > now())
      - clock_timestamp()) * 1000 as "nextInMs",
    exists (select 1 from work where state = 'leased' and leased_until < now() and id <> all($2::bigint[])) as expired
  from unnest($1::text[]) as wanted (kind)`;

/** So long work waits at most while other work goes before it; from then on every second claim is its. */
const overdueSeconds = 300;

/** What nobody has and may be had now: of each key the lowest open row, and none while one is leased. Each is one look into an index. */
const isFree = `
  kind = $1 and state = 'open' and run_after <= clock_timestamp() and (key is null or (
    not exists (select 1 from work as older where older.kind = $1 and older.key = item.key and older.id < item.id and older.state <> 'dead')
    and not exists (select 1 from work as other where other.kind = $1 and other.key = item.key and other.state = 'leased')))`;

/** So many more are looked at than are wanted: others may just be taking the first. */
const spare = 32;

/**
 * What a person waits for goes first; what nobody waits for gains a step of priority after a minute. Among equals the lanes take
 * turns. Of each priority the first few are read in the order of an index, so that a claim costs the same whatever is queued.
 */
const nextRows = (ofPriorities: string): string => `
  select id, case priority when 0 then 0 else greatest(1, priority - floor(extract(epoch from clock_timestamp() - queued_at) / 60)) end as step, turn
  from unnest(${ofPriorities}::smallint[]) as class (wanted) cross join lateral (
    select id, priority, turn, queued_at from work as item where priority = wanted and ${isFree} order by turn, id limit $2 + ${spare}
  ) as first`;

/** The oldest of what has waited for minutes. */
const overdueRows = `
  select id, 0 as step, 0 as turn from (
    select id from work as item
    where queued_at < now() - make_interval(secs => ${overdueSeconds}) and ${isFree} order by queued_at limit $2 + ${spare}
  ) as first`;

/** Whether a row is still open is asked again when it is locked, one by one: the look before it locks nothing. */
const locking = (first: string): string => `
  with free as (
    select locked.id from (${first} order by step, turn, id) as first cross join lateral (
      select id from work where work.id = first.id and state = 'open' and run_after <= clock_timestamp() for update skip locked
    ) as locked
    limit $2
  )`;

const claiming = (first: string): string => `${locking(first)}
  update work set state = 'leased', attempt = attempt + 1, waits_for = null, leased_until = clock_timestamp() + make_interval(secs => $3)
  from free where work.id = free.id
  returning work.id, payload, priority, attempt, failures, carrier, queued_at as "queuedAt",
    extract(epoch from clock_timestamp() - open_since) * 1000 as "waitedMs",
    (select count(*) from (select 1 from work where kind = $1 and state = 'open' and run_after <= now() limit $2 + 1) as due) > (select count(*) from free) as more`;

const claimNext = claiming(nextRows('$4'));
const claimOverdue = claiming(overdueRows);
const takeAlong = `${locking(nextRows('$3'))}
  delete from work using free where work.id = free.id
  returning payload, carrier, extract(epoch from clock_timestamp() - open_since) * 1000 as "waitedMs"`;
const prioritiesOf = { all: Object.values(priorities), interactive: [priorities.interactive] } as const;

const ours = `id = $1 and attempt = $2 and state = 'leased' and leased_until > clock_timestamp()`;
const open = `state = 'open', leased_until = null, open_since = clock_timestamp()`;
const later = `${open}, last_error = $4, run_after = clock_timestamp() + make_interval(secs => $3)`;

const letGo = `
  update work set run_after = clock_timestamp(), waits_for = null from (
    select id from work where kind = $1 and waits_for = $2 and state = 'open' order by id limit $3 for update skip locked
  ) as waiting where work.id = waiting.id returning work.id`;

/** The rows of the work queue; every change by a worker is fenced by its attempt number. */
@Injectable()
export class WorkRows {
  constructor(private readonly database: Database) {}

  async look(kinds: readonly string[], running: readonly string[]): Promise<Standing> {
    const found = await this.database.rows<{ kind: string; due: boolean; nextInMs: string | null; expired: boolean }>(look, [
      kinds,
      running,
    ]);
    const next = found.flatMap(({ nextInMs }) => (nextInMs === null ? [] : [Number(nextInMs)]));
    return {
      due: found.filter(({ due }) => due).map(({ kind }) => kind),
      nextInMs: next.length === 0 ? undefined : Math.max(0, Math.min(...next)),
      expired: found.some(({ expired }) => expired),
    };
  }

  async claim(wanted: Claim): Promise<LeasedRow[]> {
    const { kind, limit, leaseSeconds, of } = wanted;
    const first = [kind, limit, leaseSeconds];
    const [sql, params] = of === 'overdue' ? [claimOverdue, first] : [claimNext, [...first, prioritiesOf[of]]];
    const leased = await this.database.rows<LeasedRow & { waitedMs: string }>(sql, params);
    return leased.map((row) => ({ ...row, waitedMs: Number(row.waitedMs) }));
  }

  /** Opens what was leased to a worker that did not come back; not what still runs here, after an outage of the database. */
  async reopenExpired(running: readonly string[]): Promise<void> {
    await this.database.rows(
      `update work set ${open}, failures = failures + 1, run_after = clock_timestamp(), last_error = 'the lease ended without a result'
       where state = 'leased' and leased_until < clock_timestamp() and id <> all($1::bigint[])`,
      [running],
    );
  }

  /** Deletes rows that nobody has, so that whoever commits `tx` has done them. */
  async takeAlong(tx: Tx, kind: string, most: number): Promise<Pick<LeasedRow, 'payload' | 'carrier' | 'waitedMs'>[]> {
    const taken = await rows<Pick<LeasedRow, 'payload' | 'carrier'> & { waitedMs: string }>(tx, takeAlong, [kind, most, prioritiesOf.all]);
    return taken.map((row) => ({ ...row, waitedMs: Number(row.waitedMs) }));
  }

  /** Deletes the row; false when the lease was lost. */
  async complete(tx: Tx, id: string, attempt: number): Promise<boolean> {
    return (await rows(tx, `delete from work where ${ours} returning id`, [id, attempt])).length > 0;
  }

  /** False when the lease was lost. One that ran out while nobody took the row is had again. */
  async renew(id: string, attempt: number, seconds: number): Promise<boolean> {
    const sql = `update work set leased_until = clock_timestamp() + make_interval(secs => $3)
      where id = $1 and attempt = $2 and state = 'leased' returning id`;
    return (await this.database.rows(sql, [id, attempt, seconds])).length > 0;
  }

  async retryLater(id: string, attempt: number, inMs: number, error: string): Promise<void> {
    await this.database.rows(`update work set failures = failures + 1, ${later} where ${ours}`, [id, attempt, inMs / 1000, error]);
  }

  /** The same for what was not the work's fault: it does not count as a failure. */
  async postpone(id: string, attempt: number, inMs: number, error: string, waitsFor?: string): Promise<void> {
    await this.database.rows(`update work set ${later}, waits_for = $5 where ${ours}`, [id, attempt, inMs / 1000, error, waitsFor ?? null]);
  }

  /** Lets rows be had now that wait for something, the oldest first; false when there are none. */
  async letGo(tx: Tx, kind: string, waitsFor: string, most: number | null): Promise<boolean> {
    return (await rows(tx, letGo, [kind, waitsFor, most])).length > 0;
  }

  /** Gives a row back that was not worked on to its end, because the service stops. */
  async release(id: string, attempt: number): Promise<void> {
    await this.database.rows(`update work set ${open} where ${ours}`, [id, attempt]);
  }

  /** Gives a row up; false when the lease was lost. */
  async bury(tx: Tx, id: string, attempt: number, error: string): Promise<boolean> {
    const sql = `update work set state = 'dead', leased_until = null, failures = failures + 1, last_error = $3 where ${ours} returning id`;
    return (await rows(tx, sql, [id, attempt, error])).length > 0;
  }
}
