import { describe, expect, it } from '@jest/globals';
import { EvidencePlanned, factMeta, FactRefused } from '@throughline/contracts';
import type { Log } from '@throughline/service';
import { PermanentFailure } from '../failures.ts';
import type { Hold, HeldRecordRows } from '../held-records/held-record-rows.ts';
import type { Consumer } from './fact-handlers.ts';
import type { Delivery, FactRunner } from './fact-runner.ts';
import { Intake } from './intake.ts';
import type { FactRecord } from './record.ts';

const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore } as unknown as Log;

describe('an intake', () => {
  it('hands records over in batches and resolves what was read', async () => {
    const { taken, calls, resolved } = await take(['a1', 'b1', 'a2'], () => undefined);

    expect(calls).toEqual([['a1', 'b1', 'a2']]);
    expect(resolved).toEqual(['2']);
    expect(taken.held).toEqual([]);
  });

  it('tries a failing batch one by one and holds only what fails', async () => {
    const { calls, taken } = await take(['a1', 'b1', 'c1'], (name) => (name === 'b1' ? new Error('no') : undefined));

    expect(calls).toEqual([['a1', 'b1', 'c1'], ['a1'], ['b1'], ['c1']]);
    expect(taken.held).toEqual([{ name: 'b1', state: 'waiting' }]);
  });

  it('queues later records of an ordered key behind one that waits, and others not', async () => {
    const { taken, calls } = await take(['a1', 'a2', 'b1'], (name) => (name === 'a1' ? new Error('not yet') : undefined));

    expect(taken.held).toEqual([
      { name: 'a1', state: 'waiting' },
      { name: 'a2', state: 'waiting' },
    ]);
    expect(calls.at(-1)).toEqual(['b1']);
  });

  it('goes on with the key after a permanent failure', async () => {
    const { taken, calls } = await take(['a1', 'a2'], (name) => (name === 'a1' ? new PermanentFailure('never') : undefined));

    expect(taken.held).toEqual([{ name: 'a1', state: 'dead' }]);
    expect(calls.at(-1)).toEqual(['a2']);
  });

  it('holds what cannot be read and handles the rest', async () => {
    const { taken, calls } = await take(['unreadable', 'a1'], () => undefined);

    expect(taken.held).toEqual([{ name: 'unreadable', state: 'dead' }]);
    expect(calls).toEqual([['a1']]);
  });

  it('runs a transaction again that lost a deadlock', async () => {
    let lost = 0;

    const { calls, taken } = await take(['a1'], () => (lost++ === 0 ? Object.assign(new Error(), { code: '40P01' }) : undefined));

    expect(calls).toEqual([['a1'], ['a1']]);
    expect(taken.held).toEqual([]);
  });

  it('stands still while neither handling nor holding works, and then handles', async () => {
    const world: World = new World((name) => (world.away ? new Error(`cannot handle ${name}`) : undefined));
    world.away = true;
    world.stalledOnce = () => (world.away = false);

    await world.take(['a1', 'a2']);

    expect(world.stalls).toEqual(['Error: the database is away', undefined]);
    expect(world.held).toEqual([]);
    expect(world.handled).toEqual(['a1', 'a2']);
    expect(world.resolved).toEqual(['1']);
  });

  it('waits for a database that comes back before anything could be held, so that nothing is overtaken', async () => {
    const world: World = new World(() =>
      world.away ? Object.assign(new Error('the system is starting up'), { code: '57P03' }) : undefined,
    );
    world.away = true;
    world.stalledOnce = () => (world.away = false);

    await world.take(['a1', 'b1']);

    expect(world.held).toEqual([]);
    expect(world.handled).toEqual(['a1', 'b1']);
    expect(world.stalls).toEqual(['Error: the system is starting up', undefined]);
  });

  it('hands over facts of one trace at a time, unless the handler only keeps them', async () => {
    const names = ['a1 of 1', 'b1 of 2', 'c1 of 1'];
    const [one, many] = [new World(ignore), new World(ignore)];
    many.acrossTraces = true;

    await one.take(names);
    await many.take(names);

    expect(one.calls).toEqual([['a1 of 1', 'c1 of 1'], ['b1 of 2']]);
    expect(many.calls).toEqual([names]);
  });

  it('takes records of several partitions in one call, each in its order, as they were sent', async () => {
    const world = new World(ignore);
    world.acrossTraces = true;
    const second = { resolved: [] as string[], records: [recordOf('b1 of 2', 7, 2), recordOf('b2 of 2', 8, 1)] };

    await world.take(['a1 of 1', 'a2 of 3'], second);

    expect(world.calls).toEqual([['a1 of 1', 'a2 of 3', 'b1 of 2', 'b2 of 2']]);
    expect([world.resolved, second.resolved]).toEqual([['1'], ['8']]);
  });

  it('leaves the rest unresolved when the partition is taken away', async () => {
    const world = new World(() => void (world.ours = false));
    world.batch = 1;

    await world.take(['a1', 'a2', 'a3']);

    expect(world.handled).toEqual(['a1']);
    expect(world.resolved).toEqual(['0']);
  });
});

/** A partition with one handler; the first letter of a record's name is its key. */
class World {
  away = false;
  ours = true;
  batch = 10;
  acrossTraces = false;
  stalledOnce: () => void = ignore;
  readonly calls: string[][] = [];
  readonly handled: string[] = [];
  readonly held: { name: string; state: string }[] = [];
  readonly resolved: string[] = [];
  readonly stalls: (string | undefined)[] = [];

  constructor(private readonly failure: (name: string) => Error | undefined | void) {}

  async take(names: readonly string[], second?: { readonly records: readonly FactRecord[]; readonly resolved: string[] }): Promise<void> {
    const handler = {
      name: 'Plans.take',
      batch: this.batch,
      acrossTraces: this.acrossTraces,
      mayWait: false,
      when: () => true,
      handle: () => Promise.resolve(),
    };
    const { type } = factMeta(EvidencePlanned);
    const runner = {
      read: (_: Consumer, record: FactRecord): Delivery => {
        if (nameOf(record) === 'unreadable') throw new FactRefused('malformed', 'no');
        return { record, fact: {}, type, ordered: true, handler, consumer: 'ledger.plans' };
      },
      run: (deliveries: readonly Delivery[]) => this.run(deliveries.map(({ record }) => nameOf(record))),
    };
    const held = {
      hold: (record: FactRecord, { state }: Hold) => this.hold(nameOf(record), state),
      waitingKeys: () => Promise.resolve([]),
    };
    const intake = new Intake(runner as unknown as FactRunner, held as unknown as HeldRecordRows, quiet);
    const partition = {
      goesOn: () => this.ours,
      resolved: (offset: string) => this.resolved.push(offset),
      stalled: (reason: string | undefined) => {
        this.stalls.push(reason);
        this.stalledOnce();
      },
    };
    const consumer = { name: 'ledger.plans', topics: [], mayWait: false, handlers: new Map() };
    const other = second && { records: second.records, partition: { ...partition, resolved: (at: string) => second.resolved.push(at) } };
    await intake.take(consumer, [...(other ? [other] : []), { records: names.map((name, index) => recordOf(name, index)), partition }]);
  }

  private run(names: string[]): Promise<void> {
    this.calls.push(names);
    for (const name of names) {
      const failure = this.failure(name);
      if (failure) return Promise.reject(failure);
    }
    this.handled.push(...names);
    return Promise.resolve();
  }

  private hold(name: string, state: string): Promise<void> {
    if (this.away) return Promise.reject(new Error('the database is away'));
    this.held.push({ name, state });
    return Promise.resolve();
  }
}

async function take(
  names: readonly string[],
  failure: (name: string) => Error | undefined,
): Promise<{ taken: World; calls: string[][]; resolved: string[] }> {
  const world = new World(failure);
  await world.take(names);
  return { taken: world, calls: world.calls, resolved: world.resolved };
}

/** `a1 of 2`: the first record of key a, in trace 2. */
function recordOf(name: string, index: number, sentAt = 0): FactRecord {
  const { topic } = factMeta(EvidencePlanned);
  const [, trace = ''] = name.split(' of ');
  const headers = { name, ...(trace && { traceparent: `00-${trace.repeat(32)}-${trace.repeat(16)}-01` }) };
  return { topic, partition: 0, offset: String(index), key: name[0]!, headers, value: null, sentAt };
}

function nameOf(record: FactRecord): string {
  return record.headers['name']!;
}

function ignore(): void {
  // Nothing to do in these tests.
}
