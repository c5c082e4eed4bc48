import { describe, expect, it } from '@jest/globals';
import type { NotEvaluated } from '@throughline/contracts';
import { judgementOf } from './verification.ts';

const fix = { findings: ['a', 'b'], base_findings: ['a', 'b', 'old'], tool: 'dependencies', ecosystem: 'npm' };
const fact = { tool: 'dependencies', outcome: 'evaluated' as const, notEvaluated: [] as NotEvaluated[] };

describe('what the scan of a branch says about its fix', () => {
  it('verifies when the findings are gone and what is left was there before', () => {
    expect(judgementOf(fix, fact, ['old'])).toEqual({ proof: 'verified' });
  });

  it('says nothing by another tool', () => {
    expect(judgementOf(fix, { ...fact, tool: 'bandit' }, [])).toBeUndefined();
  });

  it.each([
    ['a finding is still there', ['b', 'old'], '1 of 2 findings are still there'],
    ['it brings a new one', ['old', 'new'], '1 finding that was not there before'],
  ])('does not verify when %s', (_what, present, reason) => {
    expect(judgementOf(fix, fact, present)).toEqual({ proof: 'not_fixed', reason });
  });

  it('never reads as gone what was not evaluated', () => {
    const unknown = [{ what: 'npm', reason: 'no advisory data' }];

    expect(judgementOf(fix, { ...fact, outcome: 'not_evaluated' }, [])).toMatchObject({ proof: 'unverified' });
    expect(judgementOf(fix, { ...fact, notEvaluated: unknown }, [])).toEqual({
      proof: 'unverified',
      reason: 'npm was not evaluated: no advisory data',
    });
    expect(judgementOf(fix, { ...fact, notEvaluated: [{ what: 'PyPI', reason: 'x' }] }, [])).toEqual({ proof: 'verified' });
  });
});
