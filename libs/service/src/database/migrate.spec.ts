import { describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { reached } from './migrate.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const locked = Object.assign(new Error('password authentication failed'), { code: '28P01' });

/** Clients of which each fails as told; the one after the last is let in. */
function clients(...failures: readonly Error[]) {
  const made: { ended: boolean }[] = [];
  const next = (): pg.Client => {
    const failure = failures[made.length];
    const client = { host: 'db.example', port: 5432, ended: false };
    made.push(client);
    return Object.assign(client, {
      on: () => client,
      connect: () => (failure ? Promise.reject(failure) : Promise.resolve()),
      end: () => Promise.resolve(void (client.ended = true)),
    }) as unknown as pg.Client;
  };
  return { made, next };
}

describe('a service that starts', () => {
  it('waits for a database that is away, and keeps no connection that failed', async () => {
    const { made, next } = clients(refused);

    const client = await reached(next, 10_000);

    expect(made.map(({ ended }) => ended)).toEqual([true, false]);
    expect(client).toBe(made[1]);
  });

  it('says what it tried when the database stays away', async () => {
    const { next } = clients(refused, refused, refused);

    await expect(reached(next, 0)).rejects.toThrow('the database at db.example:5432 cannot be used: connect ECONNREFUSED');
  });

  it('does not wait where it is not let in', async () => {
    const { made, next } = clients(locked);

    await expect(reached(next, 10_000)).rejects.toThrow('cannot be used: password authentication failed');
    expect(made).toHaveLength(1);
  });
});
