import { describe, expect, it } from '@jest/globals';
import { SingleUse } from './single-use.ts';

describe('an id for a single use', () => {
  it('is good once', () => {
    const used = new SingleUse();

    expect([used.first('a', 2e9), used.first('b', 2e9), used.first('a', 2e9)]).toEqual([true, true, false]);
  });

  it('is forgotten after it expired', () => {
    const used = new SingleUse();

    for (let id = 0; id < 3_000; id += 1) used.first(String(id), 1);

    expect(used.first('1', 2e9)).toBe(true);
  });
});
