import type { Lock } from '../../locks/lock.ts';
import type { Machines, Mask } from './machines.ts';
import type { ManifestNeed } from './pyproject.ts';
import type { PypiKnowledge, PypiRelease } from './releases.ts';

/** A lock file of one of the package managers for Python. */
export interface PythonLockFile {
  readonly file: RegExp;
  /** The manifest beside a lock file. */
  readonly manifest: (file: string) => string;
  /** Throws `FixRefused` for one that cannot be read. `beside` is the text of the manifest, `file` reads others below its folder. */
  read(path: string, text: string, beside: string | undefined, file: (path: string) => string | undefined): ReadLock;
}

/** A lock file that can be changed. */
export interface OpenLock extends Lock<PypiRelease> {
  /** Where a package is needed; undefined while nobody asks for it. */
  neededAt(name: string): Mask | undefined;
}

/** A lock file that was read; what its packages need may still have to be asked for. */
export interface ReadLock {
  /** What the manifest asks for. */
  readonly own: ManifestNeed[];
  readonly machines: Machines;
  /** The index that the file names; undefined for the public one. */
  readonly index?: string;
  /** Later releases are not taken, as the project wants it. */
  readonly notAfter?: Date;
  /** The edit that can be made without any index: hashes are missing then. Undefined: none. */
  readonly alone?: { readonly note: string };
  open(knowledge: PypiKnowledge): OpenLock;
  /** What the lock file says about its manifest, after that changed. */
  repeat?(lock: string, before: string, after: string): string;
}
