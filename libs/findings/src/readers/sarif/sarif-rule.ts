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
  /** By the number of each invocation, what it changed of its rules (`ruleConfigurationOverrides`). */
  readonly overrides?: readonly (readonly Foreign[])[];
  /** `run.taxonomies`: what results and rules refer to by number or GUID. */
  readonly taxonomies?: readonly RuleSet[];
}

/** The rule a result belongs to (`reportingDescriptor`), by reference, index or id; sub-rules `A/B` fall back to `A`. */
export function ruleOf(result: Foreign, context: RuleContext): Foreign | undefined {
  const reference = objectOf(result['rule']);
  const set = ruleSetOf(objectOf(reference?.['toolComponent']), context);
  const index = wholeOf(reference?.['index'], 0) ?? wholeOf(result['ruleIndex'], 0);
  const id = idOf(result);
  const guid = textOf(reference?.['guid'], 64);
  const indexed = (index === undefined ? undefined : set.rules[index]) ?? (guid === undefined ? undefined : byGuid(set.rules, guid));
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

function byGuid(rules: readonly Foreign[], guid: string): Foreign | undefined {
  return rules.find((rule) => textOf(rule?.['guid'], 64)?.toLowerCase() === guid.toLowerCase());
}

/** The id of the rule as the result states it. */
export function idOf(result: Foreign): string | undefined {
  return textOf(result['ruleId'], 200) ?? textOf(objectOf(result['rule'])?.['id'], 200);
}

/**
 * How severe a result is: `security-severity` (0 to 10, by the CVSS ratings) where the tool gives it, else its level, else
 * what its invocation configured, else the rule's default, else `warning` (SARIF 2.1.0 section 3.27.10).
 */
export function severityOfResult(result: Foreign, rule: Foreign | undefined, context: RuleContext): Severity {
  const score = securitySeverity(result) ?? (rule && securitySeverity(rule));
  if (score !== undefined) return rated(score);
  const stated = textOf(result['level'], 16) ?? overridden(result, rule, context);
  const configured = objectOf(rule?.['defaultConfiguration'])?.['level'];
  return byLevel(stated ?? textOf(configured, 16) ?? 'warning');
}

/** The level that the invocation which made the result gave its rule. */
function overridden(result: Foreign, rule: Foreign | undefined, context: RuleContext): string | undefined {
  const invocation = wholeOf(objectOf(result['provenance'])?.['invocationIndex'], 0);
  const overrides = invocation === undefined ? undefined : context.overrides?.[invocation];
  const mine = overrides?.find((override) => rule !== undefined && ruleOf({ rule: override['descriptor'] }, context) === rule);
  return textOf(objectOf(mine?.['configuration'])?.['level'], 16);
}

/** CWE numbers from tags, properties, relationships and taxa. */
export function cwesOf(
  result: Foreign,
  rule: Foreign | undefined,
  { taxonomies = [] }: Pick<RuleContext, 'taxonomies'> = {},
): readonly number[] {
  const properties = [objectOf(result['properties']), objectOf(rule?.['properties'])];
  const texts = properties.flatMap((bag) => [bag?.['tags'], bag?.['cwe'], bag?.['cwe_id'], bag?.['cwe_ids']].flat());
  const references = [
    ...objectsOf(result['taxa'], 50),
    ...objectsOf(rule?.['relationships'], 50).map((relation) => objectOf(relation['target']) ?? {}),
  ];
  const numbers = [
    ...texts.flatMap((text) => /\bcwe[-_ /]?0*(\d{1,5})\b/i.exec(textOf(text, 200) ?? '')?.[1] ?? []),
    ...references.flatMap((reference) => /(\d{1,5})$/.exec(cweIn(reference, taxonomies) ?? '')?.[1] ?? []),
  ];
  return [...new Set(numbers.map(Number))].slice(0, 20);
}

/** The id that a reference names, when what it refers to is CWE. */
function cweIn(reference: Foreign, taxonomies: readonly RuleSet[]): string | undefined {
  const component = objectOf(reference['toolComponent']);
  const index = wholeOf(component?.['index'], 0);
  const guid = textOf(component?.['guid'], 64);
  const taxonomy =
    (index === undefined ? undefined : taxonomies[index]) ?? taxonomies.find((one) => guid !== undefined && one?.guid === guid);
  if (!/cwe/i.test(textOf(component?.['name'], 64) ?? taxonomy?.name ?? '')) return undefined;
  const at = wholeOf(reference['index'], 0);
  const own = textOf(reference['guid'], 64);
  const taxa = taxonomy?.rules ?? [];
  const taxon = (at === undefined ? undefined : taxa[at]) ?? (own === undefined ? undefined : byGuid(taxa, own));
  return textOf(reference['id'], 64) ?? textOf(taxon?.['id'], 64);
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
