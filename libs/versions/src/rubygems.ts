import { compareNumbers, compareText, longestVersion, type Comparator, type Order } from './order.ts';

const pattern = /^\s*\d[0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*$/;

/** Gem::Version: numbers and words; a word makes a pre-release, so it is below every number. */
export const rubygems: Comparator = {
  compare(left, right) {
    const [a, b] = [segmentsOf(left), segmentsOf(right)];
    if (!a || !b) return undefined;
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const order = compareSegments(a[index] ?? '0', b[index] ?? '0');
      if (order !== 0) return order;
    }
    return 0;
  },
};

/** Zeros at the end of the numbers, and at the end of all, mean nothing; a hyphen opens a pre-release. */
function segmentsOf(text: string): readonly string[] | undefined {
  if (text.length > longestVersion || !pattern.test(text)) return undefined;
  const segments = text.replaceAll('-', '.pre.').match(/\d+|[a-z]+/gi) ?? [];
  const word = segments.findIndex((segment) => !isNumber(segment));
  if (word === -1) return withoutZeros(segments);
  return [...withoutZeros(segments.slice(0, word)), ...withoutZeros(segments.slice(word))];
}

function withoutZeros(segments: readonly string[]): readonly string[] {
  const last = segments.findLastIndex((segment) => !/^0+$/.test(segment));
  return segments.slice(0, last + 1);
}

function compareSegments(left: string, right: string): Order {
  const [a, b] = [isNumber(left), isNumber(right)];
  if (a && b) return compareNumbers(left, right);
  if (a !== b) return a ? 1 : -1;
  return compareText(left, right);
}

function isNumber(segment: string): boolean {
  return /^\d/.test(segment);
}
