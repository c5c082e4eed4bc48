import { ArrayMaxSize } from 'class-validator';
import { triages, type Triage } from '../events/finding.ts';
import { Count, ListOf, Maybe, Nested, OneOf, Text, Time } from '../fields.ts';
import { FindingQuery } from './ledger.ts';

/** Most findings that one call may change. */
export const mostTriaged = 10_000;

/** Body of `POST /api/v1/findings/bulk`; `?dryRun=true` says what it would do. */
export class BulkTriage {
  /** As in the query of the list; at least one filter. */
  @Nested(() => FindingQuery) filter: FindingQuery;
  @OneOf(triages) triage: Triage;
  /** Required unless the triage is `in_triage`. */
  @Maybe() @Text(2000) reason?: string;
  /** How many the preview found: when they are others by now the answer is 409, and nothing is changed. */
  @Maybe() @Count() expected?: number;
}

/** Findings that a call leaves as they are, and why. */
export class BulkTriageSkipped {
  @Text(64) code: string;
  @Text(300) detail: string;
  @Count() count: number;
}

/** Where a change is taken back, and until when. */
export class UndoLink {
  @Text(512) href: string;
  @Time() until: string;
}

/** What a triage of many findings did, or would do. */
export class BulkTriageAnswer {
  /** Absent for a preview, and where nothing was changed. */
  @Maybe() @Text(64) id?: string;
  /** All that the filter finds. */
  @Count() found: number;
  @Count() changed: number;
  @ListOf(() => BulkTriageSkipped) @ArrayMaxSize(10) skipped: BulkTriageSkipped[];
  @Maybe() @Nested(() => UndoLink) undo?: UndoLink;
}

/** A triage of many findings as the list of them shows it. */
export class BulkTriageEntry {
  @Text(64) id: string;
  @Time() at: string;
  @Text(200) by: string;
  @OneOf(triages) triage: Triage;
  @Text(2000) reason: string;
  /** The query that it was made with. */
  @Text(20_000) filter: string;
  @Count() changed: number;
  @Maybe() @Time() undoneAt?: string;
  @Maybe() @Nested(() => UndoLink) undo?: UndoLink;
}

/** What became of an undo. */
export class BulkTriageUndone {
  @Count() restored: number;
  /** Changed again meanwhile: they stay as they are. */
  @Count() left: number;
}
