import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, Length, Matches } from 'class-validator';
import { findingClasses, severities, type FindingClass, type Severity } from '../events/finding.ts';
import { WaiverMatch, waiverEndConditions, waiverEnds, type WaiverEndCondition } from '../events/policy.ts';
import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

export const waiverStates = ['requested', 'granted', 'ended'] as const;
export type WaiverState = (typeof waiverStates)[number];

/** What ended a waiver; the line of a repository that asked for it is gone is told to others as revoked. */
export const waiverEndings = [...waiverEnds, 'line_removed'] as const;
export type WaiverEnding = (typeof waiverEndings)[number];

export const waiverResponses = ['can_not_fix', 'will_not_fix', 'update', 'rollback', 'workaround_available'] as const;
export type WaiverResponse = (typeof waiverResponses)[number];

/** Body of `POST /api/v1/waivers`: which findings, where, why and until when. All that is named has to match. */
export class WaiverRequest {
  /** Ids of findings, of one application. */
  @Maybe() @Texts(50, 64) @ArrayUnique() findings?: string[];
  @Maybe() @OneOf(findingClasses) class?: FindingClass;
  /** Rule of the scanner. */
  @Maybe() @Length(1, 200) rule?: string;
  /** Advisory as its publisher names it, e.g. a GHSA id. */
  @Maybe() @Length(1, 128) advisory?: string;
  @Maybe() @Matches(/^CVE-\d{4}-\d{4,12}$/) cve?: string;
  /** Package URL; without a version it covers all versions. */
  @Maybe() @Length(1, 512) purl?: string;
  /** A file, or a folder when it ends with `/`. */
  @Maybe() @Length(1, 1024) path?: string;
  /** Only for this policy; for all of them when absent. */
  @Maybe() @Length(1, 100) policy?: string;
  /** Any spelling of the clone URL; taken from the findings when it is left out. */
  @Maybe() @Length(1, 2048) repository?: string;
  /** Without a repository: all of this application; `*` is every application, for those who approve everywhere. */
  @Maybe() @Length(1, 100) application?: string;
  @Length(1, 2000) reason: string;
  /** Who answers for the risk; whoever asks, when it is left out. */
  @Maybe() @Length(1, 200) owner?: string;
  /** What is going to be done about it (CycloneDX). */
  @Maybe() @OneOf(waiverResponses) response?: WaiverResponse;
  /** What it leans on, e.g. `lookups are off by JVM flag`. */
  @Maybe() @Length(1, 500) premise?: string;
  /** A time, or a day, of which the end is meant (UTC). */
  @Time() until: string;
  /** What ends it earlier; `known_exploited` when it is left out. */
  @Maybe() @IsArray() @ArrayMaxSize(2) @ArrayUnique() @IsIn([...waiverEndConditions], { each: true }) endsWhen?: WaiverEndCondition[];
  /** The decision that it would change. */
  @Maybe() @Length(1, 64) decision?: string;
}

/** Body of `POST /api/v1/waivers/{id}/approve`. */
export class WaiverApproval {
  /** Of the content that was read: another one is refused. */
  @Digest() digest: string;
}

/** Body of `POST /api/v1/waivers/{id}/revoke`. */
export class WaiverRevocation {
  @Maybe() @Length(1, 2000) reason?: string;
}

/** A finding that a waiver names, as it was when the waiver was asked for. */
export class WaivedFinding {
  @Text(64) id: string;
  @Text(300) title: string;
  @OneOf(severities) severity: Severity;
  @Maybe() @Text(32) cve?: string;
}

/** A line of a repository that asks a scanner to say nothing, and what it is about. */
export class WaiverLine extends WaiverMatch {
  @Text(64) key: string;
  /** Scanner that it speaks to. */
  @Text(64) tool: string;
  @Count(1) line: number;
  @Text(100) mark: string;
  @Maybe() @Text(500) reason?: string;
  /** Who wrote it and when, as git tells it: anybody may call themselves anything. */
  @Text(200) author: string;
  @Maybe() @Text(200) email?: string;
  @Maybe() @Time() authoredAt?: string;
}

/** Where a request comes from that no person made here. */
export class WaiverOrigin {
  @OneOf(['repository']) kind: 'repository';
  /** File in which its lines stand, on the default branch. */
  @Text(1024) file: string;
  /** Commit at which they were seen first. */
  @CommitId() commit: string;
  /** Lines that ask for more than an exception can say, with why; at most ten. */
  @Texts(10, 300) unread: string[];
}

/** Which findings a waiver covers: those to which all that is named applies. */
export class WaiverScope {
  /** `*` for every application. */
  @Text(100) application: string;
  @Maybe() @Text(1024) repository?: string;
  @Maybe() @Text(100) policy?: string;
  @Maybe() @ListOf(() => WaivedFinding, 50) findings?: WaivedFinding[];
  @Maybe() @OneOf(findingClasses) class?: FindingClass;
  @Maybe() @Text(200) rule?: string;
  @Maybe() @Text(128) advisory?: string;
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Text(512) purl?: string;
  @Maybe() @Text(1024) path?: string;
  /** And one of these lines of a repository; those that are gone are left out. */
  @Maybe() @ListOf(() => WaiverLine, 100) anyOf?: WaiverLine[];
}

/** A waiver: an accepted risk, or the request for it. */
export class WaiverAnswer {
  @Text(64) id: string;
  /** As people name it, e.g. `W-31`; addresses take it like the id. */
  @Text(32) label: string;
  @OneOf(waiverStates) state: WaiverState;
  @Nested(() => WaiverScope) scope: WaiverScope;
  @Text(2000) reason: string;
  @Text(200) owner: string;
  @Maybe() @OneOf(waiverResponses) response?: WaiverResponse;
  @Maybe() @Text(500) premise?: string;
  @Texts(2, 32) endsWhen: WaiverEndCondition[];
  @Time() until: string;
  @Maybe() @Text(64) decision?: string;
  /** Of the exact content: an approval names it. */
  @Digest() digest: string;
  /** Counts up with every change; the entity tag. */
  @Count(1) revision: number;
  /** Absent when a person asked here. */
  @Maybe() @Nested(() => WaiverOrigin) origin?: WaiverOrigin;
  @Text(200) requestedBy: string;
  @Time() requestedAt: string;
  @Maybe() @Text(200) approvedBy?: string;
  @Maybe() @Time() approvedAt?: string;
  @Maybe() @OneOf(waiverEndings) endedBecause?: WaiverEnding;
  @Maybe() @Text(200) endedBy?: string;
  @Maybe() @Text(2000) endedNote?: string;
  @Maybe() @Time() endedAt?: string;
  /** Its page. */
  @Text(2048) url: string;
}

/** Something that happened to a waiver. */
export class WaiverEvent {
  @Time() at: string;
  @OneOf(['requested', 'edited', 'granted', 'ended']) kind: 'requested' | 'edited' | 'granted' | 'ended';
  @Text(200) by: string;
  @Digest() digest: string;
  @Maybe() @Text(2000) note?: string;
}

/** A waiver with its history, and who decides about it. */
export class WaiverDetail extends WaiverAnswer {
  @ListOf(() => WaiverEvent, 200) history: WaiverEvent[];
  /** Who may approve it, in words; none once it is decided. */
  @Texts(50, 200) approvers: string[];
  /** Whether that is the caller, and why not. */
  @Flag() mayApprove: boolean;
  @Maybe() @Text(500) mayNotApproveBecause?: string;
}

/** Query of `GET /api/v1/waivers`. */
export class WaiverQuery extends PageQuery {
  @Maybe() @OneOf(waiverStates) state?: WaiverState;
  @Maybe() @Text(100) application?: string;
  /** Any spelling of the clone URL; waivers of its whole application are among them. */
  @Maybe() @Text(2048) repository?: string;
  /** Id of a finding that it names. */
  @Maybe() @Text(64) finding?: string;
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Text(64) decision?: string;
  /** What it leans on, whatever its case and spaces: all that rest on the same reason. */
  @Maybe() @Text(500) premise?: string;
  /** Those that lines of a repository ask for, or those that people asked for. */
  @Maybe() @OneOf(['repository', 'person']) origin?: 'repository' | 'person';
  /** Asked for in this time. */
  @Maybe() @Time() from?: string;
  @Maybe() @Time() to?: string;
}
