import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database, runService, type RunningService } from '@throughline/service';
import { infra, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { BranchHeads } from './branch-heads.ts';

type News = readonly [head: string, former?: string];

let platform: Platform;
let service: RunningService;

beforeAll(async () => {
  platform = await (await infra()).fresh(['scanner-orchestrator'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  service = await runService(definition, platform.environment('scanner-orchestrator'));
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
});

/** The positions that heads got, one after the other. */
async function told(...news: readonly News[]): Promise<number[]> {
  const branch = { repository: randomUUID(), ref: 'refs/heads/main' };
  const heads = service.get(BranchHeads);
  const positions: number[] = [];
  for (const [head, former] of news) positions.push(await service.get(Database).transaction((tx) => heads.place(tx, branch, head, former)));
  return positions;
}

describe('BranchHeads', () => {
  it('numbers heads as they follow one another', async () => {
    const [a, b, c] = await told(['a'], ['b', 'a'], ['c', 'b']);

    expect([a! < b!, b! < c!]).toEqual([true, true]);
  });

  it('puts a head before its successor, although the news of it comes later', async () => {
    const [a, c, b] = await told(['a', 'z'], ['c', 'b'], ['b', 'a']);
    const [later, earlier] = await told(['c', 'b'], ['b', 'a']);

    expect([a! < b!, b! < c!, earlier! < later!]).toEqual([true, true, true]);
  });

  it('gives the same news the same position', async () => {
    const [, b, again] = await told(['a'], ['b', 'a'], ['b', 'a']);

    expect(again).toBe(b);
  });

  it('learns from a push what the head of a change request followed', async () => {
    const [a, request, pushed] = await told(['a'], ['b'], ['b', 'a']);

    expect([pushed === request, a! < pushed!]).toEqual([true, true]);
  });

  it('gives a commit that is the head again a later position', async () => {
    const positions = await told(['a'], ['b', 'a'], ['a', 'b'], ['b', 'a']);

    expect(positions).toEqual([...positions].sort((x, y) => x - y));
    expect(new Set(positions).size).toBe(4);
  });

  it('takes a head after a gap as the latest', async () => {
    const [a, b, x] = await told(['a'], ['b', 'a'], ['x', 'w']);

    expect([a! < b!, b! < x!]).toEqual([true, true]);
  });

  it('knows nothing older than a commit that never was a head', async () => {
    const branch = { repository: randomUUID(), ref: 'refs/heads/main' };

    expect(await service.get(Database).transaction((tx) => service.get(BranchHeads).positionOf(tx, branch, 'b'))).toBe(0);
  });
});
