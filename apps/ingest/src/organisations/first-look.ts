import type { NewWork } from '@throughline/messaging';

/** Kind of the work that looks at a repository for the first time. */
export const firstLookKind = 'first-look';

export interface FirstLook {
  readonly repository: string;
}

/** Nobody waits for it: it comes after all else. */
export function lookOf(repository: string): NewWork {
  return { kind: firstLookKind, payload: { repository } satisfies FirstLook, dedupe: repository, priority: 'bulk' };
}
