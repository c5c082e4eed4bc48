import type { Machines, Mask } from './machines.ts';
import type { Pinned } from './pinned.ts';
import type { PypiNeed } from './releases.ts';

/** What the repository itself asks for. */
export interface OwnNeed {
  readonly where: string;
  /** The group of dependencies that it belongs to: `main`, `dev`, an extra. */
  readonly group: string;
  need: PypiNeed;
}

/** Where a package is needed. */
export interface Reached {
  /** By group. */
  readonly groups: ReadonlyMap<string, Mask>;
  /** By extra of the package; the empty one stands for the package itself. */
  readonly asked: ReadonlyMap<string, Mask>;
}

export type Reach<E> = ReadonlyMap<Pinned<E>, Reached>;

interface Visit<E> {
  readonly pinned: Pinned<E>;
  readonly group: string;
  readonly extra: string;
  readonly mask: Mask;
}

/** Follows what is asked for from the repository on, with markers and extras. */
export function reachOf<E>(own: readonly OwnNeed[], find: (need: PypiNeed) => readonly Pinned<E>[], machines: Machines): Reach<E> {
  const reached = new Map<Pinned<E>, { groups: Map<string, Mask>; asked: Map<string, Mask> }>();
  const seen = new Map<Pinned<E>, Map<string, Mask>>();
  const open: Visit<E>[] = [];
  const ask = (need: PypiNeed, group: string, mask: Mask): void => {
    for (const pinned of mask === 0n ? [] : find(need)) for (const extra of ['', ...need.extras]) open.push({ pinned, group, extra, mask });
  };
  for (const { need, group } of own) ask(need, group, machines.where(need.marker));
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { pinned, group, extra, mask } = visit;
    const states = seen.get(pinned) ?? new Map<string, Mask>();
    seen.set(pinned, states);
    const key = `${group}\n${extra}`;
    const known = states.get(key) ?? 0n;
    const fresh = mask & ~known;
    if (fresh === 0n) continue;
    states.set(key, known | mask);
    const { groups, asked } = reached.get(pinned) ?? { groups: new Map<string, Mask>(), asked: new Map<string, Mask>() };
    reached.set(pinned, { groups, asked });
    groups.set(group, (groups.get(group) ?? 0n) | mask);
    asked.set(extra, (asked.get(extra) ?? 0n) | mask);
    for (const need of pinned.needs) ask(need, group, fresh & machines.where(need.marker, extra));
  }
  return reached;
}
