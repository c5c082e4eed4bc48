import type { Severity } from '@throughline/contracts';
import { objectOf, objectsOf, textOf, wholeOf, type Foreign } from '../../foreign.ts';

/** Where rules are kept: the driver of a tool or one of its extensions (`toolComponent`). */
export interface RuleSet {
  readonly name?: string;
  readonly guid?: string;
  readonly rules: readonly Foreign[];
}

export interface RuleContext {
  readonly driver: RuleSet;
  readonly extensions?: readonly RuleSet[];
}

/** The rule a result belongs to (`reportingDescriptor`), by reference, index or id; sub-rules `A/B` fall back to `A`. */
export function ruleOf(result: Foreign, context: RuleContext): Foreign | undefined {
  const reference = objectOf(result['rule']);
  const set = ruleSetOf(objectOf(reference?.['toolComponent']), context);
  const index = wholeOf(reference?.['index'], 0) ?? wholeOf(result['ruleIndex'], 0);
  const id = idOf(result);
  const indexed = index === undefined ? undefined : set.rules[index];
  if (indexed && (id === undefined || matches(indexed, id))) return indexed;
  if (id === undefined) return undefined;
  const sets = [set, context.driver, ...(context.extensions ?? [])];
  for (const wanted of [id, id.replace(/\/[^/]*$/, '')]) {
    for (const { rules } of sets) {
      const found = byId(rules).get(wanted);
      if (found) return found;
    }
  }
  return indexed;
}

const indexes = new WeakMap<readonly Foreign[], ReadonlyMap<unknown, Foreign>>();

/** Rules by their id, the first of several; made once for each list. */
function byId(rules: readonly Foreign[]): ReadonlyMap<unknown, Foreign> {
  const known = indexes.get(rules);
  if (known) return known;
  const index = new Map<unknown, Foreign>();
  for (const rule of rules) if (rule && !index.has(rule['id'])) index.set(rule['id'], rule);
  indexes.set(rules, index);
  return index;
}

/** The id of the rule as the result states it. */
export function idOf(result: Foreign): string | undefined {
  return textOf(result['ruleId'], 200) ?? textOf(objectOf(result['rule'])?.['id'], 200);
}

/**
 * How severe a result is: `security-severity` (0 to 10, by the CVSS ratings) where the tool gives it, else its level, else
 * the rule's default, else `warning` (SARIF 2.1.0 section 3.27.10).
 */
export function severityOfResult(result: Foreign, rule: Foreign | undefined): Severity {
  const score = securitySeverity(result) ?? (rule && securitySeverity(rule));
  if (score !== undefined) return rated(score);
  const configured = objectOf(rule?.['defaultConfiguration'])?.['level'];
  return byLevel(textOf(result['level'], 16) ?? textOf(configured, 16) ?? 'warning');
}

/** CWE numbers from tags, properties, relationships and taxa. */
export function cwesOf(result: Foreign, rule: Foreign | undefined): readonly number[] {
  const properties = [objectOf(result['properties']), objectOf(rule?.['properties'])];
  const texts = properties.flatMap((bag) => [bag?.['tags'], bag?.['cwe'], bag?.['cwe_id'], bag?.['cwe_ids']].flat());
  const references = [
    ...objectsOf(result['taxa'], 50),
    ...objectsOf(rule?.['relationships'], 50).map((relation) => objectOf(relation['target']) ?? {}),
  ].filter((reference) => /cwe/i.test(textOf(objectOf(reference['toolComponent'])?.['name'], 64) ?? ''));
  const numbers = [
    ...texts.flatMap((text) => /\bcwe[-_ /]?0*(\d{1,5})\b/i.exec(textOf(text, 200) ?? '')?.[1] ?? []),
    ...references.flatMap((reference) => /(\d{1,5})$/.exec(textOf(reference['id'], 64) ?? '')?.[1] ?? []),
  ];
  return [...new Set(numbers.map(Number))].slice(0, 20);
}

function ruleSetOf(component: Foreign | undefined, context: RuleContext): RuleSet {
  const extensions = context.extensions ?? [];
  const index = wholeOf(component?.['index'], 0);
  const byName = extensions.find(
    ({ name, guid }) => (guid !== undefined && guid === component?.['guid']) || (name !== undefined && name === component?.['name']),
  );
  return (index === undefined ? undefined : extensions[index]) ?? byName ?? context.driver;
}

function matches(rule: Foreign, id: string): boolean {
  return rule['id'] === id || (typeof rule['id'] === 'string' && id.startsWith(`${rule['id']}/`));
}

function securitySeverity(owner: Foreign): number | undefined {
  const value = objectOf(owner['properties'])?.['security-severity'];
  const score = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return score >= 0 && score <= 10 ? score : undefined;
}

function rated(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

function byLevel(level: string): Severity {
  if (level === 'error') return 'high';
  if (level === 'note') return 'low';
  return level === 'none' ? 'info' : 'medium';
}
