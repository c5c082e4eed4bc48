import type { Copy } from '../../locks/lock.ts';
import type { PypiNeed, PypiRelease } from './releases.ts';

/** A package of a Python lock file. */
export interface Pinned<E = unknown> extends Copy {
  version: string;
  needs: readonly PypiNeed[];
  /** Set when it changed or is new. */
  release: PypiRelease | undefined;
  /** What the file says about it; undefined for a new one. */
  readonly entry: E | undefined;
  /** Why it cannot be changed: it comes from a folder, an address. */
  readonly held: string | undefined;
}
