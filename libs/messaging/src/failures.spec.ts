import { describe, expect, it } from '@jest/globals';
import { FactRefused } from '@throughline/contracts';
import { backOff, describeFailure, isPermanent, PermanentFailure } from './failures.ts';

describe('a failure', () => {
  it('is permanent when it says so or the fact is no good', () => {
    class AddressRefused extends PermanentFailure {}

    expect(isPermanent(new AddressRefused('no'))).toBe(true);
    expect(isPermanent(new FactRefused('invalid', 'no'))).toBe(true);
    expect(isPermanent(new TypeError('no'))).toBe(false);
  });

  it('is described without its stack, at a length that fits a row, and as text that Postgres takes', () => {
    expect(describeFailure(new RangeError('too\0far'))).toBe('RangeError: too�far');
    expect(describeFailure('x'.repeat(5_000))).toHaveLength(1_000);
  });
});

describe('back-off', () => {
  it('doubles up to its limit, with half of it left to chance', () => {
    for (const [attempt, full] of [
      [1, 100],
      [2, 200],
      [4, 800],
      [5, 1_000],
      [200, 1_000],
    ] as const) {
      const waited = backOff(attempt, 100, 1_000);

      expect(waited).toBeGreaterThanOrEqual(full / 2);
      expect(waited).toBeLessThanOrEqual(full);
    }
  });
});
