import { compareLists, compareNumbers, compareText, orderOf, sign, type Order } from './order.ts';

interface Semver {
  readonly core: readonly string[];
  readonly pre: readonly string[];
}

/** More than three numbers, and whatever follows a `+`, do not take part in the order. */
const pattern = /^[v=\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.[\d.]+)?(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/;

/** Semantic Versioning 2.0.0 section 11, lenient in reading: a leading `v`, missing numbers, numbers of any length. */
export const semver = orderOf(read, (a, b) => compareLists(a.core, b.core, compareNumbers) || comparePrerelease(a.pre, b.pre));

function read(text: string): Semver | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  return { core: [match[1]!, match[2] ?? '0', match[3] ?? '0'], pre: match[4]?.split('.') ?? [] };
}

/** A version without a pre-release is above all that have one. */
export function comparePrerelease(left: readonly string[], right: readonly string[]): Order {
  if (left.length === 0 || right.length === 0) return sign(right.length - left.length);
  return compareLists(left, right, compareIdentifiers);
}

/** Of two identifiers numbers go first, by their size; words by their letters. */
export function compareIdentifiers(left: string, right: string): Order {
  const numeric = [left, right].map((text) => /^\d+$/.test(text));
  if (numeric[0] && numeric[1]) return compareNumbers(left, right);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return compareText(left, right);
}
