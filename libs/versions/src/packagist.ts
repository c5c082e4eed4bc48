import { compareNumbers, longestVersion, sign, type Comparator, type Order } from './order.ts';

/** PHP's `version_compare`, in which Composer orders versions: `1.0-dev < 1.0-alpha < 1.0-beta < 1.0-RC < 1.0 < 1.0-p1`. */
export const packagist: Comparator = {
  compare(left, right) {
    const [a, b] = [partsOf(left), partsOf(right)];
    return a && b && compareParts(a, b);
  },
};

function partsOf(text: string): readonly string[] | undefined {
  if (text.trim() === '' || text.length > longestVersion || /\s/.test(text.trim())) return undefined;
  return text
    .trim()
    .replace(/^v/i, '')
    .replace(/[-_+]/g, '.')
    .replace(/([^\d.])(\d)/g, '$1.$2')
    .replace(/(\d)([^\d.])/g, '$1.$2')
    .split('.');
}

/** Stands for a number in the order of words. */
const number = '#';

function compareParts(left: readonly string[], right: readonly string[]): Order {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const order = compareOne(left[index]!, right[index]!);
    if (order !== 0) return order;
  }
  if (left.length > shared) return compareTail(left.slice(shared));
  return right.length > shared ? (-compareTail(right.slice(shared)) as Order) : 0;
}

/** What follows the end of the other version: a number is more, a word counts as it does beside a number. */
function compareTail(parts: readonly string[]): Order {
  return isNumber(parts[0]!) ? 1 : compareParts(parts, [number]);
}

function compareOne(left: string, right: string): Order {
  const [a, b] = [isNumber(left), isNumber(right)];
  if (a && b) return compareNumbers(left, right);
  return sign(weightOf(a ? number : left) - weightOf(b ? number : right));
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part);
}

const words = ['dev', 'a', 'b', 'rc', number, 'p'];

function weightOf(part: string): number {
  const word = part.startsWith('RC') ? 'rc' : part;
  return words.findIndex((known) => word.startsWith(known));
}
