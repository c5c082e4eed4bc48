import { evaluator } from './input.ts';
import { judge, type Judgement } from './judge.ts';
import type { PolicyCase } from './case.ts';
import type { Policy } from './policy.ts';
import { toleranceOf } from './tolerance.ts';

/** What became of one case. */
export interface CaseOutcome {
  readonly name: string;
  readonly passed: boolean;
  /** What differed, in words; absent when it passed. */
  readonly difference?: string;
}

/** Cases are judged at this time unless they say otherwise. */
const caseTime = '2026-01-01T00:00:00.000Z';

/** Runs a policy's own cases through the same code that judges for real. */
export function runCases(policy: Policy): readonly CaseOutcome[] {
  return policy.document.cases.map((each) => {
    const input = { facts: each.facts, tolerance: toleranceOf(each.stance), waivers: [], at: caseTime, evaluator };
    const difference = differenceOf(each, judge([policy], input));
    return { name: each.name, passed: difference === undefined, ...(difference === undefined ? {} : { difference }) };
  });
}

function differenceOf(each: PolicyCase, judgement: Judgement): string | undefined {
  const reason = judgement.reasons[0] ?? judgement.audited[0];
  if (judgement.result !== each.expect) {
    const because = [...judgement.missing, ...(reason ? [reason.message] : [])].join('; ');
    return `expected ${each.expect}, but it is ${judgement.result}${because === '' ? '' : ` (${because})`}`;
  }
  if (each.message !== undefined && reason?.message !== each.message) return `the message is "${reason?.message ?? ''}"`;
  if (each.fix !== undefined && reason?.fix !== each.fix) return `the fix is "${reason?.fix ?? ''}"`;
  const named = reason?.findings.map((finding) => finding.id) ?? [];
  if (each.findings !== undefined && each.findings.join() !== named.join()) return `it names the findings ${named.join(', ') || 'none'}`;
  return undefined;
}
