import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { factMeta } from '@throughline/contracts';
import { Log } from '@throughline/service';
import { backOff, describeFailure, isConflict, isPermanent } from '../failures.ts';
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

type Pending = Delivery & Unitable;

/** The partition was taken away, or the service stops: what was not resolved comes again. */
class Interrupted extends Error {}

const conflictRetries = 3;
const maxWaitingOfKey = 10_000;

/** Takes the records of one partition in order. What fails is held in a row and the partition goes on; nothing is thrown. */
@Injectable()
export class Intake {
  constructor(
    private readonly runner: FactRunner,
    private readonly held: HeldRecordRows,
    private readonly log: Log,
  ) {}

  async take(consumer: Consumer, records: readonly FactRecord[], partition: Partition): Promise<void> {
    try {
      const pending = await this.readAll(consumer, records, partition);
      const queued = await this.untilDone(partition, () => this.keysWithWaiting(consumer, pending));
      const units = unitsOf(pending);
      for (const [number, unit] of units.entries()) {
        if (!partition.goesOn()) return;
        await this.handle(unit, queued, partition);
        const before = offsetBefore(units.slice(number + 1).flat());
        if (before !== undefined) partition.resolved(before);
      }
      const last = records.at(-1);
      if (last) partition.resolved(last.offset);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  private async readAll(consumer: Consumer, records: readonly FactRecord[], partition: Partition): Promise<Pending[]> {
    const pending: Pending[] = [];
    for (const record of records) {
      try {
        const delivery = this.runner.read(consumer, record);
        if (delivery) pending.push({ ...delivery, key: record.key, group: groupOf(delivery), batch: delivery.handler.batch });
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
    const ordered = pending.filter(({ handler }) => handler.ordered);
    if (ordered.length === 0) return new Set();
    const keys = [...new Set(ordered.map(({ key }) => key))];
    const waiting = await this.held.waitingKeys(consumer.name, ordered[0]!.record.topic, keys);
    for (const [key, count] of waiting) {
      if (count >= maxWaitingOfKey)
        throw new Error(`${count} records of ${key.slice(0, 100)} wait behind a failed one: replay or discard it`);
    }
    return new Set(waiting.keys());
  }

  /** Calls the handler with what is free to go; a batch that fails is tried one by one. */
  private async handle(unit: readonly Pending[], queued: Set<string>, partition: Partition): Promise<void> {
    const free = unit.filter((delivery) => !isBehind(delivery, queued));
    if (free.length > 1 && (await this.failureOf(free)) === undefined) {
      for (const delivery of unit) if (!free.includes(delivery)) await this.handleOne(delivery, queued, partition);
      return;
    }
    for (const delivery of unit) await this.handleOne(delivery, queued, partition);
  }

  /** Handles a record or holds it. When neither works our database is away: both are tried until it is back. */
  private async handleOne(delivery: Pending, queued: Set<string>, partition: Partition): Promise<void> {
    await this.untilDone(partition, async () => {
      if (isBehind(delivery, queued)) return this.hold(delivery, 'waiting', 'waits behind an earlier record of its key', 0);
      const failure = await this.failureOf([delivery]);
      if (failure === undefined) return;
      const state = isPermanent(failure.error) ? 'dead' : 'waiting';
      await this.hold(delivery, state, describeFailure(failure.error), 1);
      if (delivery.handler.ordered && state === 'waiting') queued.add(delivery.key);
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
    { record, handler, consumer, fact }: Pending,
    state: 'waiting' | 'dead',
    error: string,
    attempts: number,
  ): Promise<void> {
    await this.held.hold(record, { consumer, state, ordered: handler.ordered, application: applicationOf(fact), error, attempts });
  }

  /** Repeats what needs nothing but our database until it succeeds, or the partition is no longer ours. */
  private async untilDone<T>(partition: Partition, work: () => Promise<T>): Promise<T> {
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

function isBehind({ handler, key }: Pending, queued: ReadonlySet<string>): boolean {
  return handler.ordered && queued.has(key);
}

/** Facts of one type share a call, and of one trace where that has effects: each then belongs to the trace that caused it. */
function groupOf({ record, handler }: Delivery): string {
  const { type } = factMeta(handler.fact);
  return handler.acrossTraces ? type : `${type} ${traceOf(record) ?? ''}`;
}

/** The last offset before the first of the records; all up to it was handled. */
function offsetBefore(left: readonly Pending[]): string | undefined {
  if (left.length === 0) return undefined;
  const offsets = left.map(({ record }) => BigInt(record.offset));
  const first = offsets.reduce((least, offset) => (offset < least ? offset : least));
  return first > 0n ? String(first - 1n) : undefined;
}
