import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { riskOf, type RiskFacts } from './risk.ts';

const vulnerability: RiskFacts = {
  class: 'vulnerability',
  severity: 'critical',
  cvss: 9.8,
  epss: 0.2,
  deployment: 'deployed',
  tier: 'tier-2',
};

describe('riskOf', () => {
  it('can be checked by hand', () => {
    const risk = riskOf(vulnerability);

    expect(risk.score).toBe(11); // 100 × 0.98 × 0.2 × 0.7 × 0.8 = 10.976
    expect(risk.priority).toBe('P3');
    expect(risk.factors.base).toEqual({ value: expect.closeTo(0.98), because: 'CVSS 9.8' });
  });

  it('never caps what is known to be exploited', () => {
    expect(riskOf({ ...vulnerability, knownExploited: true })).toMatchObject({ score: 49.4, priority: 'P1' });
    expect(riskOf({ ...vulnerability, attackedHere: true, epss: 0.01 }).factors.likelihood.value).toBe(1);
  });

  it('puts a leaked secret first', () => {
    expect(riskOf({ class: 'secret', severity: 'high' }).priority).toBe('P1');
  });

  it('is not lowered by what is not known', () => {
    const known = fc.record({
      epss: fc.double({ min: 0, max: 0.5, noNaN: true }),
      deployment: fc.constantFrom('none' as const, 'registry' as const, 'deployed' as const),
      tier: fc.constantFrom('tier-1' as const, 'tier-2' as const, 'tier-3' as const),
    });

    fc.assert(
      fc.property(known, fc.constantFrom('epss' as const, 'deployment' as const, 'tier' as const), (facts, forgotten) => {
        const lessKnown = { ...vulnerability, ...facts, [forgotten]: undefined };

        expect(riskOf(lessKnown).score).toBeGreaterThanOrEqual(riskOf({ ...vulnerability, ...facts }).score);
      }),
    );
  });

  it('stays between 0 and 100', () => {
    expect(riskOf({ class: 'vulnerability', severity: 'critical', cvss: 10, epss: 1, deployment: 'internet', tier: 'tier-1' }).score).toBe(
      100,
    );
    expect(riskOf({ ...vulnerability, cvss: 0 }).score).toBe(0);
  });
});
