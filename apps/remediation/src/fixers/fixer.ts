import type { Moved } from '../locks/raising.ts';
import type { Override } from '../locks/lock.ts';
import type { World } from '../world/world.ts';
import type { VersionChange } from './version-change.ts';

export type FileKind = 'manifest' | 'lock';

/** A file that a fixer wants to see. */
export interface WantedFile {
  readonly path: string;
  readonly kind: FileKind;
}

export interface SourceFile extends WantedFile {
  readonly text: string;
}

/** What a fixer makes of files: new texts, and what a person should know about them. */
export interface Fix {
  readonly files: readonly SourceFile[];
  readonly notes: readonly string[];
  /** The version that was chosen; higher than asked for when that one does not exist or is flawed itself. */
  readonly to: string;
  /** Other packages that had to change with it. */
  readonly moved: readonly Moved[];
  readonly overrides: readonly Override[];
  /** Why checksums or addresses are missing: the edit is shown, but not to be applied. */
  readonly incomplete?: string;
}

/** Raises a dependency by editing text: no package manager runs, and nothing of the repository is executed. */
export interface Fixer {
  /** Unique, equal to its folder. */
  readonly name: string;
  /** As OSV names it. */
  readonly ecosystem: string;
  /** Names that it may write into a file. */
  isName(name: string): boolean;
  isVersion(version: string): boolean;
  /** The files around the one in which the package was found; a manifest may be missing. */
  filesFor(path: string): readonly WantedFile[];
  /** Pure. Throws `FixRefused`, and `DocumentWanted` until the world holds what it asks for. */
  fix(change: VersionChange, files: readonly SourceFile[], world: World): Fix;
}
