import type { Moved } from '../locks/raising.ts';
import type { Override } from '../locks/lock.ts';
import type { World } from '../world/world.ts';

/** A version that must not stay, and the smallest one that closes every finding of the group. */
export interface VersionChange {
  /** As the ecosystem spells it: `@babel/core`, `django`. */
  readonly name: string;
  /** Installed versions that are affected. */
  readonly from: readonly string[];
  readonly to: string;
}

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

/** A fix that cannot be made exactly; the message says which file or requirement stands in the way. */
export class FixRefused extends Error {
  readonly code: string = 'fix_refused';
}

/** The release that fixes is too young to be trusted yet. */
export class FixTooYoung extends FixRefused {
  override readonly code = 'fix_too_young';

  readonly until: Date;

  constructor(message: string, until: Date) {
    super(message);
    this.until = until;
  }
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
