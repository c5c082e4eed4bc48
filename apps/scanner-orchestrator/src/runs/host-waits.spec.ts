import { beforeEach, describe, expect, it } from '@jest/globals';
import { GitFailed, HostOutages } from '@throughline/git';
import { PermanentFailure, WorkPostponed, type Lease, type WorkQueue } from '@throughline/messaging';
import type { Database } from '@throughline/service';
import type { Mirrors } from '../runner/mirrors.ts';
import { HostWaits } from './host-waits.ts';

const away = new GitFailed('fetch', 128, 'ended with 128: nobody answers', true);
const host = 'https://git.example';
const addressOf = (repository: string): string => `https://${repository}.git`;

describe('work on repositories of a host that is away', () => {
  let outages: HostOutages;
  let waits: HostWaits;
  let released: unknown[];
  let isAway: boolean;

  beforeEach(() => {
    outages = new HostOutages();
    released = [];
    isAway = true;
    const mirrors = {
      hostOf: (repository: string) => ({ name: new URL(addressOf(repository)).origin, restMs: outages.restOf(addressOf(repository)) }),
    };
    const queue = { release: (_tx: unknown, ...asked: unknown[]) => Promise.resolve(void released.push(asked)) };
    const database = { transaction: (work: (tx: unknown) => unknown) => Promise.resolve(work({})) };
    waits = new HostWaits(mirrors as unknown as Mirrors, queue as unknown as WorkQueue, database as unknown as Database);
  });

  /** One claim of a row; answers what became of it. */
  async function claimed(id: string, { attempt = 1, agoMs = 0, repository = `git.example/${id}` } = {}): Promise<unknown> {
    const lease = { id, attempt, queuedAt: new Date(Date.now() - agoMs) } as Lease<object>;
    const work = (): Promise<string> =>
      outages.attempt(addressOf(repository), () => (isAway ? Promise.reject(away) : Promise.resolve('surveyed')));
    return waits.during(lease, repository, work).catch((error: unknown) => error);
  }

  it('is asked for by one row, within seconds, and the others are left alone until then', async () => {
    const [asking, other] = [await claimed('a'), await claimed('b')];

    expect(asking).toBeInstanceOf(WorkPostponed);
    expect(asking).toMatchObject({ waitsFor: undefined, message: away.message });
    expect((asking as WorkPostponed).afterMs).toBeLessThanOrEqual(1_000);
    expect(other).toMatchObject({ waitsFor: host });
    expect((other as WorkPostponed).afterMs).toBeGreaterThan(29_000);
  });

  it('goes on at once when the host answers whoever asks, and is told once', async () => {
    await claimed('a');
    await claimed('b');
    isAway = false;
    outages = new HostOutages();

    const answers = [await claimed('a', { attempt: 2 }), await claimed('b', { attempt: 2 })];

    expect(answers).toEqual(['surveyed', 'surveyed']);
    expect(released).toEqual([['prepare', host, undefined]]);
  });

  it('is given up after half a minute, and another row asks then', async () => {
    await claimed('a');
    await claimed('b');

    const over = await claimed('a', { attempt: 9, agoMs: 31_000 });
    const next = await claimed('b', { attempt: 2, agoMs: 29_000 });

    expect(over).toBeInstanceOf(PermanentFailure);
    expect(over).toMatchObject({ message: away.message });
    expect(released).toEqual([['prepare', host, 1]]);
    expect(next).toMatchObject({ waitsFor: undefined });
  });

  it('is not given up before it was asked for once, however long it waited behind others', async () => {
    expect(await claimed('a', { agoMs: 60_000 })).toBeInstanceOf(WorkPostponed);
  });

  it('does not wait for what another host says, and not for any other failure', async () => {
    await claimed('a');

    expect(await claimed('c', { repository: 'other.example/c' })).toMatchObject({ waitsFor: undefined });
    const lease = { id: 'd', attempt: 1, queuedAt: new Date() } as Lease<object>;
    const wrong = new Error('no such commit');
    await expect(waits.during(lease, 'third.example/d', () => Promise.reject(wrong))).rejects.toBe(wrong);
  });

  it('is not let go by what the mirror knew without the host', async () => {
    await claimed('a');
    await claimed('b');

    const lease = { id: 'e', attempt: 1, queuedAt: new Date() } as Lease<object>;
    await waits.during(lease, 'git.example/e', () => Promise.resolve('known'));

    expect(released).toEqual([]);
  });
});
