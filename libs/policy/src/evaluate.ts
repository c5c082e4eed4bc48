import { addedFindings, type FactFinding, type Facts } from './facts.ts';
import type { Input } from './input.ts';
import type { Policy } from './policy.ts';
import { itemOf } from './range.ts';
import { namedFinding, reasonOf, valuesAbout, type NamedFinding, type Picked, type Reason } from './reason.ts';
import type { Tolerance } from './tolerance.ts';
import { variables, type Variables } from './view.ts';
import { waives, type Waiver } from './waiver.ts';

/** What one policy said: a reason, nothing, or that it could not be evaluated. */
export interface Outcome {
  readonly reason?: Reason;
  /** What it would have objected to without waivers. */
  readonly waived?: readonly Waived[];
  readonly error?: string;
}

/** Findings that a waiver kept a policy from objecting to. */
export interface Waived {
  readonly waiver: string;
  readonly label?: string;
  readonly policy: string;
  /** At most ten; `total` counts all. */
  readonly findings: readonly NamedFinding[];
  readonly total: number;
}

const maxNamed = 10;

/** Evaluates one policy over an input. An error of its expressions is its outcome, never an exception. */
export function evaluate(policy: Policy, input: Input): Outcome {
  try {
    const covered = coveredBy(policy, input);
    if (covered.size === 0) return { reason: reasonFrom(policy, input) };
    const reason = reasonFrom(policy, { ...input, facts: without(input.facts, covered) });
    return { reason, waived: waivedFrom(policy, input, covered, reason) };
  } catch (error) {
    const summary = (error as { summary?: unknown }).summary;
    return { error: typeof summary === 'string' ? summary : (error as Error).message };
  }
}

function reasonFrom(policy: Policy, { facts, tolerance, at }: Input): Reason | undefined {
  const seen = variablesOf(facts, tolerance, at);
  const { picked, selected } = pick(policy, facts, seen);
  const chosen = { ...seen, selected };
  if (!policy.when.test(chosen)) return undefined;
  return reasonOf(policy, effectOf(policy, chosen), picked, valuesAbout(facts, tolerance));
}

function effectOf({ document, warnOnly }: Policy, seen: Readonly<Record<string, unknown>>): Reason['effect'] {
  if (document.mode !== 'enforce') return document.mode;
  return warnOnly?.test(seen) === true ? 'warn' : 'deny';
}

/** What `select` takes, once as facts and once as expressions see it. */
function pick({ document, select }: Policy, facts: Facts, seen: Variables): { readonly picked: Picked[]; readonly selected: object[] } {
  const picked: Picked[] = [];
  const selected: object[] = [];
  if (!select) return { picked, selected };
  const { name } = itemOf[document.each];
  const items = document.each === 'added' ? addedFindings(facts) : facts[document.each];
  for (const [index, view] of seen.facts[document.each].entries()) {
    if (!select.test({ ...seen, [name]: view })) continue;
    picked.push(items[index]!);
    selected.push(view);
  }
  return { picked, selected };
}

const made = new WeakMap<Facts, Variables>();

/** Policies that judge the same document share its variables. */
function variablesOf(facts: Facts, tolerance: Tolerance, at: string): Variables {
  const known = made.get(facts);
  if (known) return known;
  const seen = variables(facts, tolerance, at);
  made.set(facts, seen);
  return seen;
}

/** Findings that waivers cover, each with the first that does. */
function coveredBy(policy: Policy, { facts, tolerance, waivers, at }: Input): ReadonlyMap<FactFinding, Waiver> {
  const covered = new Map<FactFinding, Waiver>();
  const { name, repositorySuppressions } = policy.document;
  const applying = waivers.filter(
    (waiver) => (waiver.policy === undefined || waiver.policy === name) && (waiver.proposed !== true || repositorySuppressions === 'allow'),
  );
  if (applying.length === 0) return covered;
  const { application } = tolerance;
  const { repository } = facts.subject;
  for (const finding of facts.findings) {
    const waiver = applying.find((each) => waives(each, { ...finding, repository, application }, at));
    if (waiver) covered.set(finding, waiver);
  }
  return covered;
}

function without(facts: Facts, covered: ReadonlyMap<FactFinding, Waiver>): Facts {
  const findings = facts.findings.filter((finding) => !covered.has(finding));
  const added = facts.added - addedFindings({ ...facts, findings: [...covered.keys()] }).length;
  return { ...facts, findings, total: facts.total - covered.size, added };
}

/** What the policy picks of all that is covered; one that picks nothing objected to something else without the waivers. */
function waivedFrom(
  policy: Policy,
  { facts, tolerance, at }: Input,
  covered: ReadonlyMap<FactFinding, Waiver>,
  reason: Reason | undefined,
): readonly Waived[] {
  const seen = variablesOf(facts, tolerance, at);
  const { picked, selected } = pick(policy, facts, seen);
  if (!policy.when.test({ ...seen, selected })) return [];
  const counting = policy.select ? picked.filter((item): item is FactFinding => covered.has(item as FactFinding)) : [...covered.keys()];
  if (!policy.select && reason) return [];
  return [...Map.groupBy(counting, (finding) => covered.get(finding)!)].map(([{ id, label }, findings]) => ({
    waiver: id,
    ...(label === undefined ? {} : { label }),
    policy: policy.document.name,
    findings: findings.slice(0, maxNamed).map(namedFinding),
    total: findings.length,
  }));
}
