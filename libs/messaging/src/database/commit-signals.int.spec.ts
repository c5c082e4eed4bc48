import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Database, processEnvironment, readConfig, ServiceConfig } from '@throughline/service';
import { eventually, infra } from '@throughline/testing';
import { CommitSignals } from './commit-signals.ts';

jest.setTimeout(60_000);

const channel = 'test:signals';
let database: Database;
let config: ServiceConfig;

/** One process that listens. */
class Process {
  readonly heard: string[] = [];
  losses = 0;
  readonly signals = new CommitSignals(config, channel, {
    heard: (signal) => void this.heard.push(signal),
    listening: () => undefined,
    lost: () => {
      this.losses += 1;
      return 10;
    },
  });
}

let here: Process;
let there: Process;

beforeAll(async () => {
  const platform = await (await infra()).fresh(['ledger'], { topics: [] });
  config = readConfig('ledger', ServiceConfig, { ...processEnvironment(), ...platform.environment('ledger') });
  database = await Database.open(config);
}, 300_000);

afterAll(() => database?.close());

beforeEach(async () => {
  here = new Process();
  there = new Process();
  await Promise.all([here.signals.start(), there.signals.start()]);
});

afterEach(() => Promise.all([here.signals.stop(), there.signals.stop()]));

const committed = (...signals: readonly string[]): Promise<void> =>
  database.transaction(async (tx) => {
    await tx.query('select 1');
    for (const signal of signals) here.signals.announce(tx, signal);
    expect(here.heard).not.toContain(signals[0]);
  });

describe('signals of commits', () => {
  it('are heard here as soon as the transaction has committed, and in other processes', async () => {
    await committed('one');

    expect(here.heard).toEqual(['one']);
    await eventually(() => expect(there.heard).toEqual(['one']));
  });

  it('come once to who announced them, and in order', async () => {
    await committed('a', 'b');
    await committed('c');
    await eventually(() => expect(there.heard).toEqual(['a', 'b', 'c']));

    // What another process says comes after the echo of what was said here.
    await database.transaction((tx) => Promise.resolve(there.signals.announce(tx, 'end')));
    await eventually(() => expect(here.heard).toEqual(['a', 'b', 'c', 'end']));
  });

  it('are not given when the transaction rolls back', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.query('select 1');
      here.signals.announce(tx, 'never');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await committed('after');

    await eventually(() => expect(there.heard).toEqual(['after']));
    expect(here.heard).toEqual(['after']);
  });

  it('go on after the connection was lost, and work here also while it is', async () => {
    await database.rows(`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %' and usename = current_user`);
    await eventually(() => expect([here.losses > 0, there.losses > 0]).toEqual([true, true]));
    await committed('meanwhile');
    expect(here.heard).toEqual(['meanwhile']);

    await eventually(() => expect([here.signals.listening, there.signals.listening]).toEqual([true, true]));
    await committed('again');
    await eventually(() => expect(there.heard).toContain('again'));
  });
});
