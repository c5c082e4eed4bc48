import { listOf, objectOf, textOf } from '../../editing/unknown.ts';
import type { Mask } from './machines.ts';
import { joined, readMarker, withoutExtras, writtenMarker, type Marker } from './marker.ts';
import type { PoetryEntry, PoetryPlace } from './poetry-entry.ts';
import type { Pinned, PythonLock } from './python-lock.ts';
import type { Reached } from './reach.ts';
import { tomlKey, tomlString } from './toml-blocks.ts';

/** To whom a package of poetry.lock belongs; what the file's format does not tell is undefined. */
export interface Membership {
  readonly category: 'main' | 'dev' | undefined;
  readonly optional: boolean;
  readonly groups: readonly string[] | undefined;
  /** As TOML. */
  readonly markers: string | undefined;
}

/** What the file says while nothing changed for the package; else what follows from who asks for it now. */
export function membershipOf({ lock, pinned, version }: PoetryPlace): Membership {
  const fields = pinned.entry?.fields ?? {};
  const sample = lock.pinned.find(({ entry }) => entry !== undefined)!.entry!.fields;
  const hasGroups = version !== '' && Number.parseFloat(version) >= 2.1;
  const now = lock.reach().get(pinned);
  const before = lock.before.get(pinned);
  const isSame = pinned.entry !== undefined && (now === undefined || isEqual(before, now));
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

function isEqual(before: Reached | undefined, now: Reached): boolean {
  if (before === undefined || before.groups.size !== now.groups.size) return false;
  return [...now.groups].every(([group, mask]) => before.groups.get(group) === mask);
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
  const byGroup = groups.map((group) => [group, markerIn(lock, pinned, group, [])] as const);
  const texts = byGroup.map(([, marker]) => (marker === undefined ? '' : writtenMarker(marker)));
  if (texts.every((text) => text === texts[0])) return texts[0] === '' ? undefined : tomlString(texts[0]!);
  const inner = byGroup.flatMap(([group], index) => (texts[index] === '' ? [] : [`${tomlKey(group)} = ${tomlString(texts[index]!)}`]));
  return `{${inner.join(', ')}}`;
}

/** When a package is needed in a group: for anybody who asks for it there. Undefined: always. */
function markerIn(
  lock: PythonLock<PoetryEntry>,
  pinned: Pinned<PoetryEntry>,
  group: string,
  above: readonly Pinned<PoetryEntry>[],
): Marker | undefined {
  const alternatives: (Marker | undefined)[] = [];
  for (const own of lock.own) {
    if (groupOf(own.group) !== group || !lock.find(own.need).includes(pinned)) continue;
    const extra = own.group.startsWith('extra:') ? readMarker(`extra == "${own.group.slice('extra:'.length)}"`) : undefined;
    alternatives.push(both(extra, own.need.marker));
  }
  for (const asker of lock.pinned) {
    const reached = lock.reach().get(asker);
    if (above.includes(asker) || asker === pinned || reached === undefined || !groupsOf(reached).includes(group)) continue;
    for (const need of asker.needs) {
      if (!lock.find(need).includes(pinned) || !lock.concerns(asker, need)) continue;
      const edge = need.marker && withoutExtras(need.marker);
      alternatives.push(both(writtenOrComputed(lock, asker, group, [...above, pinned]), edge));
    }
  }
  return simplest(lock, alternatives);
}

function writtenOrComputed(
  lock: PythonLock<PoetryEntry>,
  asker: Pinned<PoetryEntry>,
  group: string,
  above: readonly Pinned<PoetryEntry>[],
): Marker | undefined {
  const now = lock.reach().get(asker);
  if (asker.entry === undefined || now === undefined || !isEqual(lock.before.get(asker), now)) return markerIn(lock, asker, group, above);
  const { markers } = asker.entry.fields;
  const text = typeof markers === 'string' ? markers : textOf(objectOf(markers)[group]);
  return text === '' ? undefined : readMarker(text);
}

function both(left: Marker | undefined, right: Marker | undefined): Marker | undefined {
  return left && right ? joined('and', [left, right]) : (left ?? right);
}

/** Alternatives that add no machine are left out; undefined when one holds everywhere. */
function simplest(lock: PythonLock<PoetryEntry>, alternatives: readonly (Marker | undefined)[]): Marker | undefined {
  const { machines } = lock;
  if (alternatives.length === 0 || alternatives.some((one) => one === undefined || machines.isEverywhere(one))) return undefined;
  const kept: Marker[] = [];
  let covered: Mask = 0n;
  for (const one of alternatives as readonly Marker[]) {
    const surely = machines.surely(one);
    if (machines.isKnown(one) && (surely & ~covered) === 0n) continue;
    kept.push(one);
    covered |= surely;
  }
  return covered === machines.all ? undefined : joined('or', kept);
}
