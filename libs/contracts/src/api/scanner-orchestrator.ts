import { CommitId, Count, Digest, Flag, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** Which subject's evidence is asked for, service to service. */
export class EvidenceQuery {
  @Text(1024) repository: string;
  @CommitId() commit: string;
}

/** How far the evidence of a subject has come. */
export class EvidenceProgress {
  @Flag() known: boolean;
  /** Number of the last planned item; null while it is being planned, and for an unknown subject. */
  @Maybe() @Count() lastSeq: number | null;
  /** Items whose result was not applied yet. */
  @Count() open: number;
  /** Why nothing could be planned. */
  @Maybe() @Text(500) failed?: string;
}

export const scanStates = ['planned', 'received', 'evaluated', 'failed', 'unavailable', 'not_applicable'] as const;
export type ScanStatus = (typeof scanStates)[number];

/** Filters of the list of scans. */
export class ScanQuery extends PageQuery {
  /** Any spelling of the clone URL. */
  @Maybe() @Text(4096) repository?: string;
  @Maybe() @CommitId() commit?: string;
}

/** A planned run of a scanner on a commit, and what became of it. */
export class Scan {
  @Text(64) id: string;
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Text(512) ref: string;
  @Text(100) application: string;
  /** Number of the item in the commit's evidence plan. */
  @Count(1) seq: number;
  @Text(64) tool: string;
  @Maybe() @Text(64) toolVersion?: string;
  @Texts(8, 32) finds: string[];
  @OneOf(scanStates) status: ScanStatus;
  /** Why it was skipped or failed. */
  @Maybe() @Text(500) reason?: string;
  /** Only scanned to compare with. */
  @Flag() baseline: boolean;
  @Count() attempts: number;
  /** Sandbox level in which it ran. */
  @Maybe() @Text(32) sandbox?: string;
  /** Taken from an earlier run on the same content. */
  @Flag() cached: boolean;
  @Maybe() @Count() findings?: number;
  @Maybe() @Count() components?: number;
  @Maybe() @Digest() report?: string;
  @Maybe() @Count() durationMs?: number;
  @Time() plannedAt: string;
  @Maybe() @Time() finishedAt?: string;
}

export const canaryResults = ['passed', 'failed', 'not_run'] as const;

/** A scanner of the platform as it stands on this machine. */
export class ScannerState {
  @Text(64) name: string;
  @Texts(8, 32) finds: string[];
  @Maybe() @Text(64) version?: string;
  @Text(128) ruleset: string;
  @OneOf(['ready', 'unavailable']) state: 'ready' | 'unavailable';
  /** Why it is unavailable, and what to do. */
  @Maybe() @Text(500) reason?: string;
  /** Whether it found the file that it must find, when it was last asked to. */
  @OneOf(canaryResults) canary: (typeof canaryResults)[number];
  @Maybe() @Time() canaryAt?: string;
  @Text(32) sandbox: string;
}
