import type { SourceFile, VersionChange, WantedFile } from '../fixers/fixer.ts';

/** What the thread is asked. */
export interface EditOrder {
  readonly ecosystem: string;
  readonly change: VersionChange;
  readonly sources: readonly SourceFile[];
}

/** What it answers. */
export type EditAnswer =
  | { readonly files: readonly WantedFile[]; readonly notes: readonly string[]; /** Unified diff of all files. */ readonly diff: string }
  | { readonly refused: string }
  | { readonly failed: string };
