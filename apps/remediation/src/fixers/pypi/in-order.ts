import type { Pinned } from './pinned.ts';

/** New packages stand where their name belongs; all others stay where they are. */
export function inOrder<E>(pinned: readonly Pinned<E>[]): readonly Pinned<E>[] {
  const sorted = pinned.filter(({ entry }) => entry !== undefined);
  for (const added of pinned.filter(({ entry }) => entry === undefined)) {
    const at = sorted.findIndex(({ name }) => name > added.name);
    sorted.splice(at < 0 ? sorted.length : at, 0, added);
  }
  return sorted;
}
