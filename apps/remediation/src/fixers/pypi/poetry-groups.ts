import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { readMarker, writtenMarker } from './marker.ts';
import { isSameReach, whenNeeded, type Membership } from './membership.ts';
import type { Pinned } from './pinned.ts';
import type { PythonLock } from './python-lock.ts';
import type { Reached } from './reach.ts';
import { tomlKey, tomlString } from './toml-blocks.ts';

export interface PoetryEntry {
  readonly raw: string;
  readonly fields: Fields;
  readonly version: string;
}

export interface PoetryPlace {
  readonly lock: PythonLock<PoetryEntry>;
  readonly pinned: Pinned<PoetryEntry>;
  /** Of the lock file's format. */
  readonly version: string;
}

/** To whom a package of poetry.lock belongs; what the file's format does not tell is undefined. */
export interface Belonging {
  readonly category: 'main' | 'dev' | undefined;
  readonly optional: boolean;
  readonly groups: readonly string[] | undefined;
  /** As TOML. */
  readonly markers: string | undefined;
}

/** What the file says while nothing changed for the package; else what follows from who asks for it now. */
export function membershipOf({ lock, pinned, version }: PoetryPlace): Belonging {
  const fields = pinned.entry?.fields ?? {};
  const sample = lock.pinned.find(({ entry }) => entry !== undefined)!.entry!.fields;
  const hasGroups = version !== '' && Number.parseFloat(version) >= 2.1;
  const now = lock.reach().get(pinned);
  const before = lock.before.get(pinned);
  const isSame = pinned.entry !== undefined && (now === undefined || isSameReach(before, now));
  const written = listOf(fields['groups']).map(textOf);
  if (isSame || now === undefined) {
    return {
      category: sample['category'] === undefined ? undefined : fields['category'] === 'dev' ? 'dev' : 'main',
      optional: fields['optional'] === true,
      groups: hasGroups ? written : undefined,
      markers: hasGroups ? markersText(fields['markers']) : undefined,
    };
  }
  const groups = groupsOf(now);
  return {
    category: sample['category'] === undefined ? undefined : groups.includes('main') ? 'main' : 'dev',
    optional: [...now.groups.keys()].every((group) => group.startsWith('extra:')),
    groups: hasGroups ? groups : undefined,
    markers: hasGroups ? computedMarkers(lock, pinned, groups) : undefined,
  };
}

/** `main` first; what an extra brings belongs to it. */
function groupsOf({ groups }: Reached): readonly string[] {
  const names = new Set([...groups.keys()].map(groupOf));
  return [...names].sort((a, b) => Number(a !== 'main') - Number(b !== 'main') || (a < b ? -1 : 1));
}

function groupOf(group: string): string {
  return group.startsWith('extra:') ? 'main' : group;
}

function markersText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return tomlString(value);
  const inner = Object.entries(objectOf(value)).map(([group, marker]) => `${tomlKey(group)} = ${tomlString(textOf(marker))}`);
  return `{${inner.join(', ')}}`;
}

function computedMarkers(lock: PythonLock<PoetryEntry>, pinned: Pinned<PoetryEntry>, groups: readonly string[]): string | undefined {
  const byGroup = groups.map((group) => [group, whenNeeded(lock, pinned, inGroup(group))] as const);
  const texts = byGroup.map(([, marker]) => (marker === undefined ? '' : writtenMarker(marker)));
  if (texts.every((text) => text === texts[0])) return texts[0] === '' ? undefined : tomlString(texts[0]!);
  const inner = byGroup.flatMap(([group], index) => (texts[index] === '' ? [] : [`${tomlKey(group)} = ${tomlString(texts[index]!)}`]));
  return `{${inner.join(', ')}}`;
}

function inGroup(group: string): Membership<PoetryEntry> {
  return {
    counts: (one) => groupOf(one) === group,
    ofGroup: (one) => (one.startsWith('extra:') ? readMarker(`extra == "${one.slice('extra:'.length)}"`) : undefined),
    written: ({ fields: { markers } }) => (typeof markers === 'string' ? markers : textOf(objectOf(markers)[group])),
  };
}
