import type { Pinned } from './pinned.ts';
import type { PypiKnowledge, PypiNeed } from './releases.ts';

/** A package of a file that does not tell what its packages ask for: the index is asked when somebody wants to know. */
export function pinnedByIndex<E>(pinned: Pinned<E>, knowledge: PypiKnowledge): Pinned<E> {
  let needs: readonly PypiNeed[] | undefined;
  return {
    ...pinned,
    get needs() {
      needs ??= pinned.held === undefined ? (knowledge.needsOf(pinned.name, pinned.version) ?? []) : [];
      return needs;
    },
    set needs(now) {
      needs = now;
    },
  };
}
