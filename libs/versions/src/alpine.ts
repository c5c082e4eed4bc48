import { longestVersion, type Comparator, type Order } from './order.ts';

/** What apk reads next; where two versions differ, the kind with the higher number is the lower version. */
const kinds = { digitOrZero: 0, digit: 1, letter: 2, suffix: 3, suffixNumber: 4, revision: 5, end: 6, bareDot: 7, invalid: 8 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** A place in a version: what is next, and what was read last. */
interface Cursor {
  readonly kind: Kind;
  readonly rest: string;
  readonly value: bigint;
}

/** The order of apk; what it finds invalid ends the comparison there and is below what is valid, as since apk-tools 3. */
export const alpine: Comparator = {
  compare(left, right) {
    if (!readable(left) || !readable(right)) return undefined;
    let a: Cursor = { kind: kinds.digit, rest: left.trim(), value: 0n };
    let b: Cursor = { kind: kinds.digit, rest: right.trim(), value: 0n };
    while (a.kind === b.kind && a.kind !== kinds.end && a.kind !== kinds.invalid && a.value === b.value) {
      a = step(a);
      b = step(b);
    }
    if (a.value !== b.value) return a.value < b.value ? -1 : 1;
    return compareEnds(a, b);
  },
};

function readable(text: string): boolean {
  return text.length <= longestVersion && /^\s*[\w.][\w.+~-]*\s*$/.test(text);
}

/** All alike so far: the longer version is above, unless a pre-release follows. */
function compareEnds(a: Cursor, b: Cursor): Order {
  if (a.kind === b.kind) return 0;
  if (a.kind === kinds.suffix && step(a).value < 0n) return -1;
  if (b.kind === kinds.suffix && step(b).value < 0n) return 1;
  return a.kind > b.kind ? -1 : 1;
}

const before = ['alpha', 'beta', 'pre', 'rc'];
const after = ['cvs', 'svn', 'git', 'hg', 'p'];

function step({ kind, rest }: Cursor): Cursor {
  if (rest === '') return { kind: kinds.end, rest, value: 0n };
  if (kind === kinds.letter) return next(kind, rest.slice(1), BigInt(rest.charCodeAt(0)));
  if (kind === kinds.suffix) return suffix(rest);
  const zeros = kind === kinds.digitOrZero ? /^0+/.exec(rest)?.[0] : undefined;
  // Zeros in front are a fraction: 1.01 is below 1.1.
  if (zeros !== undefined) {
    const left = rest.slice(zeros.length);
    return { kind: left === '' ? kinds.end : kinds.digit, rest: left, value: BigInt(-zeros.length) };
  }
  const digits = /^\d*/.exec(rest)![0];
  if (digits.length >= 18) return { kind: kinds.invalid, rest, value: -1n };
  return next(kind === kinds.bareDot ? kinds.digit : kind, rest.slice(digits.length), BigInt(digits));
}

function suffix(rest: string): Cursor {
  const early = before.findIndex((word) => rest.startsWith(word));
  if (early !== -1) return next(kinds.suffix, rest.slice(before[early]!.length), BigInt(early - before.length));
  const late = after.findIndex((word) => rest.startsWith(word));
  if (late !== -1) return next(kinds.suffix, rest.slice(after[late]!.length), BigInt(late));
  return { kind: kinds.invalid, rest, value: -1n };
}

/** What follows a value that was read as `kind`; nothing may come before what it has to follow. */
function next(kind: Kind, rest: string, value: bigint): Cursor {
  const char = rest[0];
  if (char === undefined) return { kind: kinds.end, rest, value };
  if (kind <= kinds.digit && /[a-z]/.test(char)) return { kind: kinds.letter, rest, value };
  if (kind === kinds.letter && /\d/.test(char)) return { kind: kinds.digit, rest, value };
  if (kind === kinds.suffix && /\d/.test(char)) return { kind: kinds.suffixNumber, rest, value };
  const [follows, length] = separated(rest);
  const back = (follows === kinds.digitOrZero && kind === kinds.digit) || (follows === kinds.suffix && kind === kinds.suffixNumber);
  const astray = (follows < kind && !back) || (follows === kinds.bareDot && kind > kinds.digit);
  return { kind: astray ? kinds.invalid : follows, rest: rest.slice(length), value };
}

function separated(rest: string): readonly [Kind, number] {
  if (rest.startsWith('.')) return [/^\.\d/.test(rest) ? kinds.digitOrZero : kinds.bareDot, 1];
  if (rest.startsWith('_')) return [kinds.suffix, 1];
  return /^-r(?![a-z])/.test(rest) ? [kinds.revision, 2] : [kinds.invalid, 1];
}
