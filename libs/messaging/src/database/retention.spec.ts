import { describe, expect, it } from '@jest/globals';
import type { Database, Log } from '@throughline/service';
import { Retention } from './retention.ts';

const now = new Date('2026-11-22T12:00:00Z');

function retention(): { readonly kept: Retention; readonly warned: object[] } {
  const warned: object[] = [];
  const log = { info: () => undefined, warn: (what: object) => warned.push(what) } as unknown as Log;
  return { kept: new Retention({} as Database, log), warned };
}

describe('retention', () => {
  it('ends what was over so many days ago, batch by batch until none is full', async () => {
    const { kept } = retention();
    const asked: { readonly over: string; readonly most: number }[] = [];
    let left = 1200;
    kept.keepBy('things', 30, (over, most) => {
      asked.push({ over: over.toISOString(), most });
      const ended = Math.min(left, most);
      left -= ended;
      return Promise.resolve(ended);
    });

    expect(await kept.sweep(now)).toEqual({ things: 1200 });
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ over: '2026-10-23T12:00:00.000Z', most: 500 })));
  });

  it('leaves the rest of very many to the next sweep', async () => {
    const { kept } = retention();
    kept.keepBy('things', 30, (_, most) => Promise.resolve(most));

    expect(await kept.sweep(now)).toEqual({ things: 10_000 });
  });

  it('goes on with the other kinds when one cannot be swept', async () => {
    const { kept, warned } = retention();
    kept.keepBy('locked', 30, () => Promise.reject(new Error('canceling statement due to lock timeout')));
    kept.keepBy('things', 30, () => Promise.resolve(1));

    expect(await kept.sweep(now)).toEqual({ things: 1 });
    expect(warned).toEqual([expect.objectContaining({ kind: 'locked' })]);
  });
});
