import type { Mask } from './machines.ts';
import { joined, readMarker, withoutExtras, type Marker } from './marker.ts';
import type { Pinned } from './pinned.ts';
import type { PythonLock } from './python-lock.ts';
import type { Reached } from './reach.ts';

/** How a format tells when a package is needed. */
export interface Membership<E> {
  /** Whether what a group asks for counts here. */
  readonly counts: (group: string) => boolean;
  /** What must hold for the group itself. */
  readonly ofGroup: (group: string) => Marker | undefined;
  /** What the file says about a package that is needed where it was; empty for always. */
  readonly written: (entry: E) => string;
}

/** When a package is needed by those groups: for anybody who asks for it there. Undefined: always. */
export function whenNeeded<E>(
  lock: PythonLock<E>,
  pinned: Pinned<E>,
  how: Membership<E>,
  above: readonly Pinned<E>[] = [],
): Marker | undefined {
  const alternatives: (Marker | undefined)[] = [];
  for (const own of lock.own) {
    if (how.counts(own.group) && lock.find(own.need).includes(pinned)) alternatives.push(both(how.ofGroup(own.group), own.need.marker));
  }
  for (const asker of lock.pinned) {
    const groups = [...(lock.reach().get(asker)?.groups.keys() ?? [])];
    if (above.includes(asker) || asker === pinned || !groups.some(how.counts)) continue;
    for (const need of asker.needs) {
      if (need.name !== pinned.name || !lock.find(need).includes(pinned) || !lock.concerns(asker, need)) continue;
      alternatives.push(both(askerWhen(lock, asker, how, [...above, pinned]), need.marker && withoutExtras(need.marker)));
    }
  }
  return simplest(lock, alternatives);
}

export function isSameReach(before: Reached | undefined, now: Reached): boolean {
  if (before === undefined || before.groups.size !== now.groups.size) return false;
  return [...now.groups].every(([group, mask]) => before.groups.get(group) === mask);
}

function askerWhen<E>(lock: PythonLock<E>, asker: Pinned<E>, how: Membership<E>, above: readonly Pinned<E>[]): Marker | undefined {
  const now = lock.reach().get(asker);
  if (asker.entry === undefined || now === undefined || !isSameReach(lock.before.get(asker), now))
    return whenNeeded(lock, asker, how, above);
  const text = how.written(asker.entry);
  return text === '' ? undefined : readMarker(text);
}

function both(left: Marker | undefined, right: Marker | undefined): Marker | undefined {
  return left && right ? joined('and', [left, right]) : (left ?? right);
}

/** Alternatives that add no machine are left out; undefined when one holds everywhere. */
function simplest<E>(lock: PythonLock<E>, alternatives: readonly (Marker | undefined)[]): Marker | undefined {
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
