import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.ts';

describe('a pace', () => {
  it('lets a burst go at once, and then so many a second', () => {
    const pace = new Pace(50, 3, () => 0);

    expect([1, 2, 3, 4, 5].map(() => pace.take())).toEqual([0, 0, 0, 20, 40]);
  });

  it('gives back what time has passed, up to a burst', () => {
    let now = 0;
    const pace = new Pace(50, 2, () => now);
    for (const waits of [0, 0, 20]) expect(pace.take()).toBe(waits);

    now = 40;
    expect(pace.take()).toBe(0);
    now = 60_000;
    expect([1, 2, 3].map(() => pace.take())).toEqual([0, 0, 20]);
  });
});
