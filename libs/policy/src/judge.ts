import type { FindingClass, Result } from '@throughline/contracts';
import { digestOf } from './canonical.ts';
import { evaluate, type Outcome, type Waived } from './evaluate.ts';
import type { Facts } from './facts.ts';
import type { Input } from './input.ts';
import { missingFindings, missingFrom, type Missing } from './missing.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';
import { plainText } from './template.ts';

/** What a gate says, and why. */
export interface Judgement {
  readonly result: Result;
  /** Of policies that warn or deny, the denying first. */
  readonly reasons: readonly Reason[];
  /** What policies in audit mode would have said. */
  readonly audited: readonly Reason[];
  /** What policies that warn or deny let through because of waivers. */
  readonly waived: readonly Waived[];
  /** What is not known; never empty when undecided. */
  readonly missing: readonly string[];
  /** Something is missing and only fail-open policies depend on it. */
  readonly degraded: boolean;
  readonly policies: readonly { readonly name: string; readonly version: number; readonly digest: string }[];
  /** Open findings that the change did not add. */
  readonly older: number;
}

/** Judges an input by policies: a pure function. Those that are bound to other gates are left out. */
export function judge(policies: readonly Policy[], input: Input): Judgement {
  const bound = boundTo(policies, input.facts);
  return conclude(
    bound,
    input,
    bound.map((policy) => evaluate(policy, input)),
  );
}

/** The policies that are bound to the gate of the facts, by name. */
export function boundTo(policies: readonly Policy[], facts: Facts): readonly Policy[] {
  return policies
    .filter(({ document }) => document.gates.includes(facts.gate))
    .sort((a, b) => (a.document.name < b.document.name ? -1 : 1));
}

/**
 * Draws the conclusion from what each policy said. A denial stands even if something else is missing; while something that
 * is required is missing there is no pass.
 */
export function conclude(policies: readonly Policy[], input: Input, outcomes: readonly Outcome[]): Judgement {
  const gaps = gapsOf(policies, input, outcomes);
  const reasons = outcomes.flatMap(({ reason }) => (reason && reason.effect !== 'audit' ? [reason] : []));
  const blocking = gaps.some((gap) => gap.blocks);
  return {
    result: resultOf(reasons, blocking, gaps.length > 0),
    reasons: [...reasons].sort((a, b) => Number(b.effect === 'deny') - Number(a.effect === 'deny')),
    audited: outcomes.flatMap(({ reason }) => (reason?.effect === 'audit' ? [reason] : [])),
    waived: outcomes.flatMap(({ waived = [] }, index) => (policies[index]!.document.mode === 'audit' ? [] : waived)).slice(0, 50),
    missing: [...new Set(gaps.map((gap) => gap.text))].slice(0, 50),
    degraded: gaps.length > 0 && !blocking,
    policies: policies.map(({ document, version, digest }) => ({ name: document.name, version, digest })),
    older: input.facts.total - input.facts.added,
  };
}

/** Digest of what receivers can see change: equal digests need no second message. */
export function outcomeDigest({
  result,
  reasons,
  policies,
  waived,
}: Pick<Judgement, 'result' | 'reasons' | 'policies' | 'waived'>): string {
  return digestOf({ result, reasons, policies, ...(waived.length === 0 ? {} : { waived }) });
}

/** The judgement differs from the earlier one in result, reasons or policies. */
export function changedResult(before: Judgement | undefined, after: Judgement): boolean {
  return before === undefined || outcomeDigest(before) !== outcomeDigest(after);
}

/** The policy took too long or met an error: what it would have said is not known. */
export function failedIn({ missing }: Pick<Judgement, 'missing'>, policy: string): boolean {
  return missing.some((text) => text.startsWith(failureOf(policy)));
}

function failureOf(policy: string): string {
  return `Policy ${policy} could not be judged: `;
}

interface Gap {
  readonly text: string;
  readonly blocks: boolean;
}

function gapsOf(policies: readonly Policy[], { facts, tolerance }: Input, outcomes: readonly Outcome[]): readonly Gap[] {
  if (policies.length === 0) return [{ text: `No policy is bound to the ${facts.gate} gate`, blocks: true }];
  const counting = policies.filter(({ document }) => document.mode !== 'audit');
  const gaps = missingFrom(facts, tolerance).map((missing) => ({ text: missing.text, blocks: isBlocking(missing, counting) }));
  const partial = counting.filter((policy) => policy.readsAllFindings && facts.total > facts.findings.length);
  if (partial.length > 0) gaps.push({ text: missingFindings(facts).text, blocks: partial.some(isClosed) });
  for (const [index, { error }] of outcomes.entries()) {
    const policy = policies[index]!;
    if (error === undefined || policy.document.mode === 'audit') continue;
    gaps.push({ text: plainText(`${failureOf(policy.document.name)}${error}`, 300), blocks: isClosed(policy) });
  }
  return gaps;
}

/** A gap is let pass only when there are policies that need the class and all of them fail open. */
function isBlocking(missing: Missing, policies: readonly Policy[]): boolean {
  const { classes } = missing;
  const concerned = classes === 'all' ? policies : policies.filter((policy) => needsAny(policy, classes));
  return concerned.length === 0 || concerned.some(isClosed);
}

function needsAny(policy: Policy, classes: readonly FindingClass[]): boolean {
  return policy.document.needs.some((needed) => classes.includes(needed));
}

function isClosed(policy: Policy): boolean {
  return policy.document.failMode === 'closed';
}

function resultOf(reasons: readonly Reason[], blocked: boolean, degraded: boolean): Result {
  if (reasons.some(({ effect }) => effect === 'deny')) return 'deny';
  if (blocked) return 'undecided';
  return reasons.length > 0 || degraded ? 'warn' : 'pass';
}
