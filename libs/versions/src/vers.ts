import { comparatorOf, ecosystemNamed } from './ecosystem.ts';
import type { Comparator } from './order.ts';

const longestRange = 4096;
const operators = ['>=', '<=', '!=', '<', '>', '='] as const;
type Operator = (typeof operators)[number];

interface Constraint {
  readonly operator: Operator;
  readonly version: string;
}

/**
 * Whether a version lies in a VERS range such as `vers:npm/>=1.0.0|<2.0.0`; undefined for a range that cannot be read or an
 * ecosystem without an order, false for a version that has no place in the order.
 */
export function inVers(range: string, version: string): boolean | undefined {
  const match = /^vers:([a-z][a-z0-9.+-]*)\/(.+)$/.exec(range.length <= longestRange ? range.replace(/\s/g, '') : '');
  const order = match && comparatorOf(ecosystemNamed(match[1]!) ?? '');
  if (!match || !order) return undefined;
  if (match[2] === '*') return true;
  const constraints = match[2]!.split('|').map(constraintOf);
  if (constraints.some((constraint) => constraint === undefined)) return undefined;
  const known = constraints.filter((constraint) => constraint !== undefined);
  if (order.compare(version, version) === undefined) return false;
  return holds(known, version, order);
}

function constraintOf(text: string): Constraint | undefined {
  const operator = operators.find((candidate) => text.startsWith(candidate)) ?? '=';
  const version = decode(text.startsWith(operator) ? text.slice(operator.length) : text);
  return version ? { operator, version } : undefined;
}

/** Exact versions and exclusions first; then the intervals that the bounds make in the order of their versions. */
function holds(constraints: readonly Constraint[], version: string, order: Comparator): boolean {
  const equal = constraints.filter((constraint) => order.compare(version, constraint.version) === 0).map(({ operator }) => operator);
  if (equal.includes('!=')) return false;
  if (equal.some((operator) => ['=', '<=', '>='].includes(operator))) return true;
  const bounds = constraints
    .filter(({ operator }) => operator !== '=' && operator !== '!=')
    .sort((a, b) => order.compare(a.version, b.version) ?? 0);
  if (bounds.length === 0) return constraints.every(({ operator }) => operator === '!=');
  const below = bounds.findLast((bound) => order.compare(bound.version, version)! < 0);
  const above = bounds.find((bound) => order.compare(bound.version, version)! > 0);
  const opened = below === undefined || below.operator.startsWith('>');
  const closed = above === undefined || above.operator.startsWith('<');
  return opened && closed && equal.length === 0;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
