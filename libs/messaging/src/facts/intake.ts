import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict, isDatabaseAway, Log } from '@throughline/service';
import { backOff, describeFailure, isPermanent } from '../failures.ts';
import { HeldRecordRows } from '../held-records/held-record-rows.ts';
import type { Consumer } from './fact-handlers.ts';
import { FactRunner, type Delivery } from './fact-runner.ts';
import { applicationOf, traceOf, type FactRecord } from './record.ts';
import { unitsOf, type Unitable } from './units.ts';

/** The partition that a batch came from, while it is ours. */
export interface Partition {
  /** False when it was taken away or the service stops. */
  goesOn(): boolean;
  /** All records up to this offset were handled or held. */
  resolved(offset: string): void;
  /** Why it stands still; undefined when it goes on again. */
  stalled(reason: string | undefined): void;
}

type Standing = Pick<Partition, 'goesOn' | 'stalled'>;

/** Records of one partition in their order. */
export interface Share {
  readonly records: readonly FactRecord[];
  readonly partition: Partition;
}

type Pending = Delivery & Unitable & { readonly partition: Partition; readonly at: number };

/** The partition was taken away, or the service stops: what was not resolved comes again. */
class Interrupted extends Error {}

const conflictRetries = 3;
/** So often a record is tried whose handler finds the database away, before it is held: held, others may overtake it. */
const awayRetries = 5;
const maxWaitingOfKey = 10_000;

/** Takes records of partitions, each in its order. What fails is held in a row and the partition goes on; nothing is thrown. */
@Injectable()
export class Intake {
  constructor(
    private readonly runner: FactRunner,
    private readonly held: HeldRecordRows,
    private readonly log: Log,
  ) {}

  /** Several partitions share the calls of handlers; when one of them is taken away the others come again too. */
  async take(consumer: Consumer, shares: readonly Share[]): Promise<void> {
    const partitions = allOf(shares.map(({ partition }) => partition));
    try {
      const pending: Pending[] = [];
      for (const share of shares) pending.push(...(await this.readAll(consumer, share)));
      // As they were sent, so that what only keeps them tells of them in that order.
      pending.sort((a, b) => a.at - b.at);
      const queued = await this.untilDone(partitions, () => this.keysWithWaiting(consumer, pending));
      const units = unitsOf(pending);
      for (const [number, unit] of units.entries()) {
        if (!partitions.goesOn()) return;
        await this.handle(unit, queued, partitions);
        const left = units.slice(number + 1).flat();
        for (const { partition } of shares) {
          const before = offsetBefore(left.filter((one) => one.partition === partition));
          if (before !== undefined) partition.resolved(before);
        }
      }
      for (const { records, partition } of shares) if (records.length > 0) partition.resolved(records.at(-1)!.offset);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  private async readAll(consumer: Consumer, { records, partition }: Share): Promise<Pending[]> {
    const pending: Pending[] = [];
    let at = 0;
    for (const record of records) {
      // Never before what lies before it in its partition, whatever the clocks say.
      at = Math.max(at, record.sentAt);
      try {
        const delivery = this.runner.read(consumer, record);
        if (!delivery) continue;
        pending.push({ ...delivery, key: keyOf(record), group: groupOf(delivery), batch: delivery.handler.batch, partition, at });
      } catch (error) {
        const { topic, offset } = record;
        this.log.error({ consumer: consumer.name, topic, offset, error }, 'a record cannot be read and is held');
        const hold = { consumer: consumer.name, ordered: false, application: 'unassigned', state: 'dead', attempts: 1 } as const;
        await this.untilDone(partition, () => this.held.hold(record, { ...hold, error: describeFailure(error) }));
      }
    }
    return pending;
  }

  /** Keys behind whose held records the batch has to queue. */
  private async keysWithWaiting(consumer: Consumer, pending: readonly Pending[]): Promise<Set<string>> {
    const ordered = pending.filter((delivery) => delivery.ordered);
    if (ordered.length === 0) return new Set();
    const records = new Map(ordered.map(({ key, record }) => [key, record]));
    const waiting = await this.held.waitingKeys(consumer.name, [...records.values()]);
    for (const { key, count } of waiting) {
      if (count >= maxWaitingOfKey)
        throw new Error(`${count} records of ${key.slice(0, 100)} wait behind a failed one: replay or discard it`);
    }
    return new Set(waiting.map(keyOf));
  }

  /** Calls the handler with what is free to go; a batch that fails is tried one by one. */
  private async handle(unit: readonly Pending[], queued: Set<string>, partition: Standing): Promise<void> {
    const free = unit.filter((delivery) => !isBehind(delivery, queued));
    if (free.length > 1 && (await this.failureOf(free)) === undefined) {
      for (const delivery of unit) if (!free.includes(delivery)) await this.handleOne(delivery, queued, partition);
      return;
    }
    for (const delivery of unit) await this.handleOne(delivery, queued, partition);
  }

  /** Handles a record or holds it. When neither works our database is away: both are tried until it is back. */
  private async handleOne(delivery: Pending, queued: Set<string>, partition: Standing): Promise<void> {
    let foundAway = 0;
    await this.untilDone(partition, async () => {
      if (isBehind(delivery, queued)) return this.hold(delivery, 'waiting', 'waits behind an earlier record of its key', 0);
      const failure = await this.failureOf([delivery]);
      if (failure === undefined) return;
      if (isDatabaseAway(failure.error) && (foundAway += 1) <= awayRetries) throw failure.error;
      const state = isPermanent(failure.error) ? 'dead' : 'waiting';
      await this.hold(delivery, state, describeFailure(failure.error), 1);
      if (delivery.ordered && state === 'waiting') queued.add(delivery.key);
      const { consumer, record } = delivery;
      const fields = { consumer, topic: record.topic, partition: record.partition, offset: record.offset, state, error: failure.error };
      this.log.error(fields, 'a handler failed and the record is held');
    });
  }

  private async failureOf(unit: readonly Pending[]): Promise<{ error: unknown } | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.runner.run(unit);
        return undefined;
      } catch (error) {
        if (!isConflict(error) || attempt >= conflictRetries) return { error };
      }
    }
  }

  private async hold(
    { record, ordered, consumer, fact }: Pending,
    state: 'waiting' | 'dead',
    error: string,
    attempts: number,
  ): Promise<void> {
    await this.held.hold(record, { consumer, state, ordered, application: applicationOf(fact), error, attempts });
  }

  /** Repeats what needs nothing but our database until it succeeds, or the partition is no longer ours. */
  private async untilDone<T>(partition: Standing, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; partition.goesOn(); attempt += 1) {
      try {
        const result = await work();
        if (attempt > 1) partition.stalled(undefined);
        return result;
      } catch (error) {
        this.log.warn({ error, attempt }, 'a partition stands still: its records can neither be handled nor held');
        partition.stalled(describeFailure(error));
        await sleep(backOff(attempt, 250, 5_000));
      }
    }
    throw new Interrupted();
  }
}

/** They go on while each of them does, and stand still together. */
function allOf(partitions: readonly Partition[]): Standing {
  return {
    goesOn: () => partitions.every((partition) => partition.goesOn()),
    stalled: (reason) => partitions.forEach((partition) => partition.stalled(reason)),
  };
}

/** Topics share keys, and no order holds between two of them. */
function keyOf({ topic, key }: Pick<FactRecord, 'topic' | 'key'>): string {
  return `${topic} ${key}`;
}

function isBehind({ ordered, key }: Pending, queued: ReadonlySet<string>): boolean {
  return ordered && queued.has(key);
}

/** Facts of one handler share a call, and of one trace where that has effects: each then belongs to the trace that caused it. */
function groupOf({ record, handler }: Delivery): string {
  return handler.acrossTraces ? handler.name : `${handler.name} ${traceOf(record) ?? ''}`;
}

/** The last offset before the first of the records; all up to it was handled. */
function offsetBefore(left: readonly Pending[]): string | undefined {
  if (left.length === 0) return undefined;
  const offsets = left.map(({ record }) => BigInt(record.offset));
  const first = offsets.reduce((least, offset) => (offset < least ? offset : least));
  return first > 0n ? String(first - 1n) : undefined;
}
