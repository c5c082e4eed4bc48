import { canonicalName, comparatorOf } from './ecosystem.ts';
import type { Comparator } from './order.ts';
import { semver } from './semver.ts';

/** One border of a range (OSV schema 1.7, `affected[].ranges[].events[]`): exactly one of the four is given. */
export interface OsvEvent {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
  readonly limit?: string;
}

export interface OsvRange {
  readonly type: string;
  readonly events: readonly OsvEvent[];
}

export interface OsvAffected {
  readonly package?: { readonly ecosystem: string; readonly name: string };
  readonly ranges?: readonly OsvRange[];
  readonly versions?: readonly string[];
}

/** The part of an OSV record that says what is affected. */
export interface OsvRecord {
  readonly withdrawn?: string;
  readonly affected?: readonly OsvAffected[];
}

/** `unknown` is not clean: the record speaks about the package, but the version cannot be placed. */
export type Verdict = true | false | 'unknown';

/** Whether a version of a package is affected by an advisory; a withdrawn one affects nothing. */
export function affects(record: OsvRecord, ecosystem: string, name: string, version: string): Verdict {
  if (record.withdrawn !== undefined) return false;
  const verdicts = entriesFor(record, ecosystem, name).map((entry) => entryAffects(entry, ecosystem, version));
  if (verdicts.includes(true)) return true;
  return verdicts.includes('unknown') ? 'unknown' : false;
}

/** The smallest version above the installed one that some record fixes and none of them affects; undefined when none is known. */
export function fixedVersion(records: readonly OsvRecord[], ecosystem: string, name: string, installed: string): string | undefined {
  const order = comparatorOf(ecosystem) ?? semver;
  return records
    .flatMap((record) => entriesFor(record, ecosystem, name))
    .flatMap((entry) => entry.ranges ?? [])
    .filter((range) => range.type !== 'GIT')
    .flatMap((range) => range.events.flatMap((event) => event.fixed ?? []))
    .filter((fixed) => order.compare(fixed, installed) === 1)
    .sort((a, b) => order.compare(a, b) ?? 0)
    .find((fixed) => records.every((record) => affects(record, ecosystem, name, fixed) === false));
}

function entriesFor(record: OsvRecord, ecosystem: string, name: string): readonly OsvAffected[] {
  const wanted = canonicalName(ecosystem, name);
  return (record.affected ?? []).filter(
    (entry) => entry.package?.ecosystem === ecosystem && canonicalName(ecosystem, entry.package.name) === wanted,
  );
}

function entryAffects(entry: OsvAffected, ecosystem: string, version: string): Verdict {
  const order = comparatorOf(ecosystem);
  const { versions = [] } = entry;
  if (versions.includes(version)) return true;
  const ranges = (entry.ranges ?? []).filter((range) => range.type !== 'GIT');
  const verdicts = ranges.map((range) => rangeAffects(range, version, range.type === 'SEMVER' ? semver : order));
  if (verdicts.includes(true)) return true;
  // Last, since lists are long and comparing is dear: a version that is spelled in another way.
  if (order && versions.some((candidate) => order.compare(candidate, version) === 0)) return true;
  if (ranges.length === 0) return versions.length > 0 ? false : 'unknown';
  return verdicts.includes('unknown') ? 'unknown' : false;
}

/**
 * The events in the order of their versions, played up to the version in question: `introduced` and `fixed` switch at
 * their version, `last_affected` after it. Of equal versions what ends goes first where something is to be ended, so that
 * ranges which meet there are one; elsewhere it goes last, and a range that ends where it begins is none.
 */
function rangeAffects(range: OsvRange, version: string, order: Comparator | undefined): Verdict {
  if (!order) return 'unknown';
  const borders = range.events.map((event) => border(event, version, order));
  if (borders.includes(undefined)) return 'unknown';
  const known = borders.filter((item) => item !== undefined);
  const limits = known.filter((item) => item.kind === 'limit');
  if (limits.length > 0 && !limits.some((item) => item.position < 0)) return false;
  const played = known.filter((item) => item.kind !== 'limit').sort((a, b) => compareBorders(a.at, b.at, order));
  let affected = false;
  for (let from = 0, to = 0; from < played.length; from = to) {
    while (to < played.length && compareBorders(played[from]!.at, played[to]!.at, order) === 0) to += 1;
    const equal = played.slice(from, to);
    const begins = equal.some(({ kind, position }) => kind === 'introduced' && position >= 0);
    const ends = equal.some(({ kind, position }) => (kind === 'fixed' && position >= 0) || (kind === 'last_affected' && position > 0));
    affected = affected ? begins || !ends : begins && !ends;
  }
  return affected;
}

interface Border {
  readonly kind: 'introduced' | 'fixed' | 'last_affected' | 'limit';
  readonly at: string;
  /** Where the version lies: -1 below the border, 0 on it, 1 above. */
  readonly position: number;
}

const kinds = ['introduced', 'fixed', 'last_affected', 'limit'] as const;

function border(event: OsvEvent, version: string, order: Comparator): Border | undefined {
  const kind = kinds.find((candidate) => event[candidate] !== undefined);
  if (kind === undefined) return undefined;
  const at = event[kind]!;
  if (kind === 'introduced' && at === '0') return { kind, at, position: 1 };
  if (kind === 'limit' && at === '*') return { kind, at, position: -1 };
  const position = order.compare(version, at);
  return position === undefined ? undefined : { kind, at, position };
}

function compareBorders(left: string, right: string, order: Comparator): number {
  if (left === '0' || right === '0') return Number(right === '0' && left !== '0') - Number(left === '0' && right !== '0');
  return order.compare(left, right) ?? 0;
}
