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

/** What a fixer makes of files: new texts, and what still has to be done when the fix is applied. */
export interface Fix {
  readonly files: readonly SourceFile[];
  readonly notes: readonly string[];
}

/** A fix that cannot be made exactly; the message says which file or requirement stands in the way. */
export class FixRefused extends Error {
  readonly code = 'fix_refused';
}

/** Raises a dependency by editing text: no package manager runs, no registry is asked, nothing of the repository is executed. */
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
  /** Pure. Throws `FixRefused`. */
  fix(change: VersionChange, files: readonly SourceFile[]): Fix;
}
