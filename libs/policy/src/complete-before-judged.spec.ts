import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluated, failed, noEvidence, planned, type Evidence } from './evidence.ts';
import { readPolicyValue } from './document.ts';
import { evaluator } from './input.ts';
import { judge } from './judge.ts';
import { sampleFacts } from './samples.ts';
import { toleranceOf, unassigned } from './tolerance.ts';

const scanners = [
  { seq: 1, tool: 'secretlint', finds: ['secret'] as const },
  { seq: 2, tool: 'bandit', finds: ['code', 'configuration'] as const },
  { seq: 3, tool: 'dependencies', finds: ['vulnerability'] as const },
];

type Step = { readonly name: string; readonly apply: (evidence: Evidence) => Evidence };

const plan: Step = {
  name: 'plan',
  apply: (evidence) =>
    planned(evidence, { sequence: 1, throughSeq: 3, items: scanners.map((scanner) => ({ ...scanner, state: 'planned' as const })) }),
};
/** That a run completed is no fact that counts: nothing about the subject changes. */
const completions: readonly Step[] = scanners.map(({ tool }) => ({ name: `completed ${tool}`, apply: (evidence) => evidence }));
const evaluations: readonly Step[] = scanners.map((scanner) => ({
  name: `evaluated ${scanner.tool}`,
  apply: (evidence) => evaluated(evidence, { ...scanner, revision: 1, outcome: 'evaluated' }),
}));
const failures: readonly Step[] = scanners.map((scanner) => ({
  name: `failed ${scanner.tool}`,
  apply: (evidence) => failed(evidence, { ...scanner, reason: 'killed' }),
}));
const needed = [plan, ...evaluations].map(({ name }) => name);

const policies = [
  readPolicyValue(
    {
      name: 'quiet',
      description: 'Never objects',
      gates: ['change'],
      mode: 'enforce',
      severity: 'high',
      select: 'f.rule == "never"',
      message: 'x',
      fix: 'x',
    },
    1,
  ),
];

function resultOf(evidence: Evidence): string {
  const scans = evidence.items.map((item) => ({ ...item, notEvaluated: [] }));
  const facts = sampleFacts({ scans, throughSeq: evidence.plan?.throughSeq, planFailed: evidence.plan?.failed });
  return judge(policies, { facts, tolerance: toleranceOf(unassigned), waivers: [], at: '2026-01-01T00:00:00Z', evaluator }).result;
}

describe('complete before judged', () => {
  it('no order, subset or repetition of the facts of three scanners passes before the last one that counts', () => {
    const steps = [plan, ...completions, ...evaluations];
    const sequences = fc.array(fc.constantFrom(...steps), { maxLength: 20 });
    fc.assert(
      fc.property(sequences, (sequence) => {
        let evidence = noEvidence;
        const seen = new Set<string>();
        for (const step of sequence) {
          evidence = step.apply(evidence);
          seen.add(step.name);
          const everything = needed.every((name) => seen.has(name));
          expect(resultOf(evidence)).toBe(everything ? 'pass' : 'undecided');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('passes at the end of every permutation, and only there', () => {
    const steps = [plan, ...completions, ...evaluations];
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), (order) => {
        const evidence = order.reduce((state, step) => step.apply(state), noEvidence);
        expect(resultOf(evidence)).toBe('pass');
      }),
      { numRuns: 500 },
    );
  });

  it('a run that failed for good never turns into a pass by what comes before or after it, short of an evaluation', () => {
    const steps = [plan, ...completions, ...evaluations.slice(1), ...failures];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 20 }), (sequence) => {
        const evidence = sequence.reduce((state, step) => step.apply(state), noEvidence);
        expect(resultOf(evidence)).toBe('undecided');
      }),
      { numRuns: 1000 },
    );
  });
});
