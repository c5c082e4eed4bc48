import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { assurances, type Assurance } from '../events/evidence.ts';
import { findingClasses, Parked, type FindingClass } from '../events/finding.ts';
import { PageQuery } from '../paging.ts';

/** Which subject's evidence is asked for, service to service. */
export class EvidenceQuery {
  @Text(1024) repository: string;
  @CommitId() commit: string;
}

/** Of which repository suppressions are asked for, service to service. */
export class SuppressionsQuery {
  @Text(1024) repository: string;
}

/** A line on a default branch that asks a scanner to say nothing. */
export class ReadSuppression {
  /** The same as long as the line is the same. */
  @Text(64) key: string;
  @Text(64) tool: string;
  @Text(1024) file: string;
  @Count(1) line: number;
  @Text(100) mark: string;
  @Maybe() @Text(500) reason?: string;
  @Maybe() @Time() until?: string;
  @Maybe() @OneOf(findingClasses) class?: FindingClass;
  @Maybe() @Text(200) rule?: string;
  @Maybe() @Text(128) advisory?: string;
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Text(512) purl?: string;
  @Maybe() @Text(1024) path?: string;
  /** Lines of the file `path` in which a finding has to lie. */
  @Maybe() @Count(1) from?: number;
  @Maybe() @Count(1) to?: number;
  /** Only the last finding in them. */
  @Maybe() @Flag() last?: boolean;
  /** Why no exception can say it; then it is about nothing. */
  @Maybe() @Text(200) unread?: string;
  /** As git tells it. */
  @Text(200) author: string;
  @Maybe() @Text(200) email?: string;
  @Maybe() @Time() authoredAt?: string;
}

/** What a default branch asks scanners not to say, as it was read last. */
export class ReadSuppressions {
  /** Absent when it was never read. */
  @Maybe() @CommitId() commit?: string;
  @ListOf(() => ReadSuppression, 1000) lines: ReadSuppression[];
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

/** Of which commits it is asked how far their scans are, service to service. */
export class ScanProgressQuery {
  @ListOf(() => EvidenceQuery, 100) commits: EvidenceQuery[];
}

/** How many of the scanners that look at a commit have finished, well or not. */
export class ScanProgress {
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Count() done: number;
  @Count() total: number;
}

/** Of those that are planned; the others are left out. */
export class ScanProgressList {
  @ListOf(() => ScanProgress, 100) commits: ScanProgress[];
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

const scannerStates = ['ready', 'unavailable', 'not_added'] as const;

/** A scanner of the platform as it stands on this machine. */
export class ScannerState {
  @Text(64) name: string;
  @Texts(8, 32) finds: string[];
  @Maybe() @Text(64) version?: string;
  @Text(128) ruleset: string;
  /** `not_added`: it is only installed where somebody asks for it. */
  @OneOf(scannerStates) state: (typeof scannerStates)[number];
  /** What is asked for to have it, and what that takes on disk. */
  @Maybe() @Text(64) tool?: string;
  @Maybe() @Count() megabytes?: number;
  /** Why it does not run, and what to do. */
  @Maybe() @Text(500) reason?: string;
  /** Whether it found the file that it must find, when it was last asked to. */
  @OneOf(canaryResults) canary: (typeof canaryResults)[number];
  @Maybe() @Time() canaryAt?: string;
  @Text(32) sandbox: string;
}

export const reportStates = ['queued', 'running', 'done', 'parked', 'failed'] as const;
export type ReportStatus = (typeof reportStates)[number];

/** What an uploaded report is about, and what it covered. */
export class UploadQuery {
  /** `auto` recognises it. */
  @Maybe() @Text(64) format?: string;
  /** Any spelling of the clone URL. */
  @Text(4096) repository: string;
  /** The commit that was looked at; the last known head of `branch` when it is left out. */
  @Maybe() @CommitId() commit?: string;
  @Maybe() @Text(512) branch?: string;
  @Maybe() @Transform(({ value }) => Number(value)) @IsInt() @Min(1) @Max(Number.MAX_SAFE_INTEGER) pullRequest?: number;
  /** Digest of the image that was looked at, where it was one. */
  @Maybe() @Digest() artifact?: string;
  /** Name of the tool, where the report does not say it. */
  @Maybe() @Text(64) tool?: string;
  /** Path or service that was looked at; all of the repository when it is left out. */
  @Maybe() @Text(512) scope?: string;
  /** The report covers all of its scope: what is absent may be closed. */
  @Maybe()
  @Transform(({ value }) => (value === 'true' || value === 'false' ? value === 'true' : (value as unknown)))
  @IsBoolean()
  complete?: boolean;
  @Maybe() @Text(100) environment?: string;
  /** Host, URL or cloud account that was looked at. */
  @Maybe() @Text(512) target?: string;
  @Maybe() @Time() scannedAt?: string;
}

/** What an uploaded SBOM is an inventory of: a commit of a repository, or an image. */
export class SbomUploadQuery {
  /** Digest of the image, alone or behind its name: `registry.example/acme/shop:1.2@sha256:…`. */
  @Maybe() @Text(1024) artifact?: string;
  /** Name of the image, where `artifact` is the digest alone. Without `artifact` and body: the image whose layers are read. */
  @Maybe() @Text(1024) image?: string;
  /** Of an image that is read: os/architecture, where it has several; linux/amd64 when it is left out. */
  @Maybe() @Text(64) platform?: string;
  /** Any spelling of the clone URL; without it the SBOM is about the image alone. */
  @Maybe() @Text(4096) repository?: string;
  /** The commit that was looked at; the last known head of `branch` when it is left out. */
  @Maybe() @CommitId() commit?: string;
  @Maybe() @Text(512) branch?: string;
  @Maybe() @Transform(({ value }) => Number(value)) @IsInt() @Min(1) @Max(Number.MAX_SAFE_INTEGER) pullRequest?: number;
  /** Name of the tool, where the document does not say it. */
  @Maybe() @Text(64) tool?: string;
  /** Part of the repository that was looked at; all of it when it is left out. */
  @Maybe() @Text(512) scope?: string;
  /** False: what is absent from it may still be there. */
  @Maybe()
  @Transform(({ value }) => (value === 'true' || value === 'false' ? value === 'true' : (value as unknown)))
  @IsBoolean()
  complete?: boolean;
}

/** A report was taken in. */
export class ReportAccepted {
  @Text(64) id: string;
  @OneOf(reportStates) status: ReportStatus;
  @Text(200) location: string;
  /** The report with the same bytes that was read before. */
  @Maybe() @Text(64) sameAs?: string;
}

/** A result that could not be read. */
export class RejectedResult {
  @Text(2048) pointer: string;
  @Text(500) detail: string;
}

/** Filters of the list of reports. */
export class ReportQuery extends PageQuery {
  /** Any spelling of the clone URL. */
  @Maybe() @Text(4096) repository?: string;
  @Maybe() @CommitId() commit?: string;
  @Maybe() @OneOf(reportStates) status?: ReportStatus;
  @Maybe() @Text(64) tool?: string;
  @Maybe() @Text(64) format?: string;
}

/** An uploaded report and what became of it: `reported` is `accepted` and what was rejected. */
export class Report {
  @Text(64) id: string;
  @OneOf(reportStates) status: ReportStatus;
  @Text(64) format: string;
  @Text(64) tool: string;
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Text(512) ref: string;
  @Maybe() @Count(1) pullRequest?: number;
  @Text(100) application: string;
  /** Number of the item in the commit's evidence plan. */
  @Count(1) seq: number;
  /** How far it counts: `claimed` opens findings, and closes only what was claimed; `bound` came from the CI job of its commit. */
  @OneOf(assurances) assurance: Assurance;
  /** Why it counts at the change gate only. */
  @Maybe() @Text(300) changeOnly?: string;
  @Maybe() @Text(512) scope?: string;
  @Flag() complete: boolean;
  @Maybe() @Digest() artifact?: string;
  @Maybe() @Text(100) environment?: string;
  @Maybe() @Text(512) target?: string;
  @Count() bytes: number;
  @Maybe() @Count() reported?: number;
  @Maybe() @Count() accepted?: number;
  @ListOf(() => RejectedResult, 1000) rejected: RejectedResult[];
  /** Parts that the tool says it could not look at: such a report closes nothing. */
  @Maybe() @Count() unread?: number;
  @Maybe() @Count() opened?: number;
  @Maybe() @Count() unchanged?: number;
  @Maybe() @Count() resolved?: number;
  @Maybe() @Count() reopened?: number;
  /** It waits for a person: `POST /api/v1/reports/{id}/confirm`. */
  @Maybe() @Nested(() => Parked) parked?: Parked;
  @Maybe() @Text(200) confirmedBy?: string;
  /** Why it failed, and where in the report. */
  @Maybe() @Text(500) failure?: string;
  @Maybe() @Text(64) sameAs?: string;
  @Text(200) uploadedBy: string;
  @Maybe() @Time() scannedAt?: string;
  @Time() createdAt: string;
  @Maybe() @Time() finishedAt?: string;
}
