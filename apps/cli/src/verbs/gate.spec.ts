import { exitCodeOf } from './gate.ts';

describe('the exit code of the gate', () => {
  it.each([
    ['pass', 0],
    ['warn', 0],
    ['deny', 1],
    ['undecided', 3],
  ] as const)('is for %s %i', (decision, code) => {
    expect(exitCodeOf({ decision })).toBe(code);
  });
});
