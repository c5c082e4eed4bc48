/** A version order: -1, 0 or 1; undefined when one of the two is no version of this scheme. */
export interface Comparator {
  compare(left: string, right: string): Order | undefined;
}

export type Order = -1 | 0 | 1;

/** Longer versions are refused: no publisher has them, and reading them costs time. */
export const longestVersion = 256;

/** So many readings of an order are kept: a version is compared with all the borders of its package, and a border with many versions. */
const mostKept = 10_000;

/** An order of what versions are read as; `read` answers undefined for what is no version of the scheme. */
export function orderOf<T extends object>(read: (text: string) => T | undefined, order: (left: T, right: T) => Order): Comparator {
  const kept = new Map<string, T | null>();
  const reading = (text: string): T | null => {
    if (text.length > longestVersion) return null;
    const before = kept.get(text);
    if (before !== undefined) return before;
    const now = read(text) ?? null;
    if (kept.size >= mostKept) kept.clear();
    kept.set(text, now);
    return now;
  };
  return {
    compare(left, right) {
      const [a, b] = [reading(left), reading(right)];
      return a === null || b === null ? undefined : order(a, b);
    },
  };
}

export function sign(value: number): Order {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

/** Order of two texts by UTF-16 units. */
export function compareText(left: string, right: string): Order {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Order of two lists: by the first pair that differs, else the shorter first. */
export function compareLists<T>(left: readonly T[], right: readonly T[], compare: (a: T, b: T) => Order): Order {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = compare(left[index]!, right[index]!);
    if (order !== 0) return order;
  }
  return sign(left.length - right.length);
}

/** Decimal numbers of any length, without losing digits. */
export function compareNumbers(left: string, right: string): Order {
  const a = left.replace(/^0+(?=\d)/, '');
  const b = right.replace(/^0+(?=\d)/, '');
  return sign(a.length - b.length) || compareText(a, b);
}
