import { parse } from '@renovatebot/pep440';
import { compareLists, compareText, orderOf, sign, type Order } from './order.ts';

const lastPart = '*final';

/** As the library reads it: a letter and a number of each suffix. */
interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: readonly [string, number] | null;
  readonly post: readonly [string, number] | null;
  readonly dev: readonly [string, number] | null;
  readonly local: readonly (string | number)[] | null;
}

/** What the library reads, or the parts of what it does not read. */
type Reading = { readonly version: Version } | { readonly legacy: readonly string[] };

/** PEP 440; what it does not read as a version is older than everything it does, as installers ordered it before PEP 440. */
export const pep440 = orderOf(read, (a, b) => {
  if ('version' in a) return 'version' in b ? compareVersions(a.version, b.version) : 1;
  return 'version' in b ? -1 : compareLists(a.legacy, b.legacy, compareText);
});

function read(text: string): Reading | undefined {
  if (text.trim() === '') return undefined;
  const version = parse(text) as Version | null;
  return version === null ? { legacy: legacyParts(text) } : { version };
}

/** PEP 440, "Summary of permitted suffixes and relative ordering": the library orders texts, and reads them anew each time. */
function compareVersions(a: Version, b: Version): Order {
  return (
    sign(a.epoch - b.epoch) ||
    compareReleases(a.release, b.release) ||
    sign(stageOf(a) - stageOf(b)) ||
    compareText(a.pre?.[0] ?? '', b.pre?.[0] ?? '') ||
    sign((a.pre?.[1] ?? 0) - (b.pre?.[1] ?? 0)) ||
    sign((a.post?.[1] ?? -1) - (b.post?.[1] ?? -1)) ||
    sign((a.dev?.[1] ?? last) - (b.dev?.[1] ?? last)) ||
    compareLists(a.local ?? [], b.local ?? [], compareLocalParts)
  );
}

const last = Number.MAX_SAFE_INTEGER;

/** What is only being developed comes before its pre-releases, these before the release and what comes after it. */
function stageOf({ pre, post, dev }: Version): number {
  if (pre !== null) return 1;
  return post === null && dev !== null ? 0 : 2;
}

/** Words come before numbers. */
function compareLocalParts(left: string | number, right: string | number): Order {
  if (typeof left === 'number') return typeof right === 'number' ? sign(left - right) : 1;
  return typeof right === 'number' ? -1 : compareText(left, right);
}

/** Numbers that are missing are zeros. */
function compareReleases(left: readonly number[], right: readonly number[]): Order {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = sign((left[index] ?? 0) - (right[index] ?? 0));
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * The parts of a version from before PEP 440: numbers padded so that they sort as text, words behind a `*`, of which
 * those before `*final` are pre-releases; a dash opens a post-release; zeros and dashes that mean nothing are dropped.
 */
function legacyParts(version: string): readonly string[] {
  const parts: string[] = [];
  for (const token of [...(version.toLowerCase().match(/\d+|[a-z]+|-/g) ?? []), 'final']) {
    const part = legacyPart(token);
    if (part.startsWith('*')) {
      if (part < lastPart) while (parts.at(-1) === '*final-') parts.pop();
      while (parts.at(-1) === '00000000') parts.pop();
    }
    parts.push(part);
  }
  return parts;
}

const synonyms: Readonly<Record<string, string>> = { pre: 'c', preview: 'c', rc: 'c', dev: '@', '-': 'final-' };

function legacyPart(token: string): string {
  return /^\d/.test(token) ? token.padStart(8, '0') : `*${synonyms[token] ?? token}`;
}
