import { compareNumbers, compareText, longestVersion, sign, type Comparator, type Order } from './order.ts';

const pattern = /^\s*(?:(\d+):)?([^\s:-]+)(?:-([^\s:-]+))?\s*$/;

/** rpmvercmp over epoch, version and release; a version without a release is below all that have one, so that the order is total. */
export const rpm: Comparator = {
  compare(left, right) {
    const [a, b] = [read(left), read(right)];
    if (!a || !b) return undefined;
    return compareNumbers(a.epoch, b.epoch) || compareSegments(a.version, b.version) || compareSegments(a.release, b.release);
  },
};

interface RpmVersion {
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
}

function read(text: string): RpmVersion | undefined {
  const match = text.length <= longestVersion ? pattern.exec(text) : null;
  return match ? { epoch: match[1] ?? '0', version: match[2]!, release: match[3] ?? '' } : undefined;
}

/** Only numbers, ASCII words, `~` and `^` count; what stands between them separates and says nothing. */
function compareSegments(left: string, right: string): Order {
  const [a, b] = [segmentsOf(left), segmentsOf(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareSegment(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function segmentsOf(text: string): readonly string[] {
  return text.match(/\d+|[A-Za-z]+|[~^]/g) ?? [];
}

/** `~` is below the end, the end below `^`, that below words, and words below numbers. */
function compareSegment(left: string | undefined, right: string | undefined): Order {
  const [a, b] = [rankOf(left), rankOf(right)];
  if (a !== b || left === undefined || right === undefined) return sign(a - b);
  return a === 4 ? compareNumbers(left, right) : compareText(left, right);
}

function rankOf(segment: string | undefined): number {
  if (segment === undefined) return 1;
  if (segment === '~') return 0;
  if (segment === '^') return 2;
  return /^\d/.test(segment) ? 4 : 3;
}
