import { addedFindings, type FactFinding, type Facts } from './facts.ts';
import type { Input } from './input.ts';
import type { Policy } from './policy.ts';
import { itemOf } from './range.ts';
import { reasonOf, valuesAbout, type Picked, type Reason } from './reason.ts';
import type { Tolerance } from './tolerance.ts';
import { variables, type Variables } from './view.ts';
import { waives, type Waiver } from './waiver.ts';

/** What one policy said: a reason, nothing, or that it could not be evaluated. */
export interface Outcome {
  readonly reason?: Reason;
  readonly error?: string;
}

/** Evaluates one policy over an input. An error of its expressions is its outcome, never an exception. */
export function evaluate(policy: Policy, input: Input): Outcome {
  try {
    return { reason: reasonFrom(policy, { ...input, facts: withoutWaived(policy, input) }) };
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

function withoutWaived(policy: Policy, { facts, tolerance, waivers, at }: Input): Facts {
  const applying = waivers.filter((waiver) => waiver.policy === undefined || waiver.policy === policy.document.name);
  if (applying.length === 0) return facts;
  const { repository } = facts.subject;
  const isWaived = (finding: FactFinding): boolean =>
    applying.some((waiver: Waiver) => waives(waiver, { ...finding, repository, application: tolerance.application }, at));
  const findings = facts.findings.filter((finding) => !isWaived(finding));
  const waived = facts.findings.length - findings.length;
  const added = facts.added - (addedFindings(facts).length - findings.filter((finding) => finding.new).length);
  return { ...facts, findings, total: facts.total - waived, added };
}
