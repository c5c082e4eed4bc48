import type { SourceFile, WantedFile } from '../fixers/fixer.ts';
import type { VersionChange } from '../fixers/version-change.ts';
import type { Override } from '../locks/lock.ts';
import type { Moved } from '../locks/raising.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';

/** What the thread is asked. */
export interface EditOrder {
  readonly ecosystem: string;
  readonly change: VersionChange;
  readonly sources: readonly SourceFile[];
  readonly now: number;
  readonly minimumAgeDays: number;
}

/** An edit that was made. */
export interface MadeEdit {
  readonly files: readonly WantedFile[];
  readonly notes: readonly string[];
  readonly to: string;
  readonly moved: readonly Moved[];
  readonly overrides: readonly Override[];
  readonly incomplete?: string;
  /** Whether our reader of lock files no longer finds the affected versions. */
  readonly proven: boolean;
  /** Unified diff of all files. */
  readonly diff: string;
}

/** What it answers; a document that it asks for is sent to it, and it goes on. */
export type EditAnswer =
  | { readonly made: MadeEdit }
  | { readonly wanted: DocumentName }
  | { readonly refused: string; readonly until?: number }
  | { readonly failed: string };

/** What is sent to it meanwhile. */
export interface EditDelivery {
  readonly name: DocumentName;
  readonly document: FetchedDocument;
}
