import { compareNumbers, compareText, longestVersion, sign, type Comparator, type Order } from './order.ts';

const pattern = /^\s*(?:(\d+):)?([0-9A-Za-z.+~:-]+?)(?:-([0-9A-Za-z.+~]*))?\s*$/;

/** Debian Policy 5.6.12, as dpkg has it: epoch, upstream version, revision; a tilde is below even the end of the text. */
export const debian: Comparator = {
  compare(left, right) {
    const [a, b] = [read(left), read(right)];
    if (!a || !b) return undefined;
    return compareNumbers(a.epoch, b.epoch) || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
  },
};

interface DebianVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

function read(text: string): DebianVersion | undefined {
  const match = text.length <= longestVersion ? pattern.exec(text) : null;
  return match ? { epoch: match[1] ?? '0', upstream: match[2]!, revision: match[3] ?? '' } : undefined;
}

/** By turns a stretch without digits and a number; one that is missing is empty or 0. */
function compareParts(left: string, right: string): Order {
  const [a, b] = [partsOf(left), partsOf(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [wordA, numberA] = a[index] ?? ['', '0'];
    const [wordB, numberB] = b[index] ?? ['', '0'];
    const order = compareWords(wordA, wordB) || compareNumbers(numberA, numberB);
    if (order !== 0) return order;
  }
  return 0;
}

function partsOf(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/(\D*)(\d*)/g)].map(([, word, digits]) => [word!, digits === '' ? '0' : digits!] as const);
}

function compareWords(left: string, right: string): Order {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = sign(weightOf(left[index]) - weightOf(right[index]));
    if (order !== 0) return order;
  }
  return compareText(left, right);
}

/** A tilde, then the end, then letters, then all else. */
function weightOf(char: string | undefined): number {
  if (char === undefined) return 0;
  if (char === '~') return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}
