import { Type } from 'class-transformer';
import { IsInt, IsObject, Length, Max, Min } from 'class-validator';
import {
  BundleRef,
  DecisionSubject,
  DecisionWaiver,
  gates,
  JudgedPolicy,
  ReasonFinding,
  results,
  type Gate,
  type Result,
} from '../events/decision.ts';
import { AddedSuppressions } from '../events/evidence.ts';
import { severities, type Severity } from '../events/finding.ts';
import { Deadlines } from '../events/policy.ts';
import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** What a gate is asked about: a commit of a repository, the head of a change request, or an image. */
export class GateSubject {
  /** Any spelling of the clone URL; may be left out for a commit that one repository has. */
  @Maybe() @Length(1, 2048) repository?: string;
  @Maybe() @CommitId() commit?: string;
  @Maybe() @Count(1) pullRequest?: number;
  /** Commit to compare with, when the caller insists on one. */
  @Maybe() @CommitId() base?: string;
  @Maybe() @Digest() digest?: string;
  @Maybe() @Length(1, 512) image?: string;
}

/** Body of `POST /api/v1/gate`. */
export class GateRequest {
  @OneOf(gates) gate: Gate;
  @Nested(() => GateSubject) subject: GateSubject;
  /** Refused when the repository belongs to another one. */
  @Maybe() @Length(1, 100) application?: string;
  @Maybe() @Length(1, 100) stage?: string;
  /** Seconds to wait for a verdict; beyond 50 the answer is 202 with a location. */
  @Maybe() @IsInt() @Min(0) @Max(3600) wait?: number;
}

/** Why a policy did not let the subject through, with the way out. */
export class GateReason {
  @Text(100) policy: string;
  @Count(1) version: number;
  @OneOf(['warn', 'deny']) effect: 'warn' | 'deny';
  @OneOf(severities) severity: Severity;
  @Text(500) message: string;
  @Text(500) fix: string;
  /** Place of the first finding, `path:line`. */
  @Maybe() @Text(1100) place?: string;
  @Maybe() @Text(1024) path?: string;
  @Flag() new: boolean;
  @ListOf(() => ReasonFinding, 10) findings: ReasonFinding[];
  /** Findings in all, those by name included. */
  @Count() total: number;
  /** Who answers for the application. An exception is approved by whoever is security or administrator for it. */
  @Texts(50, 200) approvers: string[];
  @Text(2048) waiverLink: string;
}

/** What was let through because of an exception. */
export class WaivedReason extends DecisionWaiver {
  /** Page of the exception. */
  @Text(2048) url: string;
}

/** Answer of `POST /api/v1/gate`. */
export class GateAnswer {
  @OneOf(results) decision: Result;
  @ListOf(() => GateReason, 50) reasons: GateReason[];
  /** What was let through because of exceptions. */
  @Maybe() @ListOf(() => WaivedReason, 50) waived?: WaivedReason[];
  /** What the change adds of comments and files that ask scanners to say nothing: none of it was applied. */
  @Maybe() @Nested(() => AddedSuppressions) suppressions?: AddedSuppressions;
  /** What is not known; there is always something when undecided. */
  @Maybe() @Texts(50, 300) missing?: string[];
  /** Id of the decision; absent when nothing is known about the subject. */
  @Maybe() @Text(64) id?: string;
  /** The commit or digest that was judged. */
  @Text(128) subject: string;
  /** Name of the risk tolerance used, e.g. `tier-1 internet`. */
  @Text(200) tolerance: string;
  /** Open findings that the change did not add and that therefore do not count. */
  @Count() older: number;
  @Maybe() @Time() dataAsOf?: string;
  /** Something is missing and only policies that fail open depend on it. */
  @Maybe() @Flag() degraded?: boolean;
  /** The signed policy bundle that it was judged with; absent like its id. */
  @Maybe() @Nested(() => BundleRef) bundle?: BundleRef;
  /** Page of the decision; absent like its id. */
  @Maybe() @Text(2048) url?: string;
}

/** Answer of `POST /api/v1/gate` when the wait is long: the location answers as the gate does. */
export class GateWaiting {
  @Text(64) id: string;
  @OneOf(['waiting']) status: 'waiting';
  @Text(300) location: string;
}

/** Query of `GET /api/v1/decisions`. */
export class DecisionQuery extends PageQuery {
  /** Any spelling of the clone URL. */
  @Maybe() @Text(2048) repository?: string;
  @Maybe() @CommitId() commit?: string;
  @Maybe() @OneOf(gates) gate?: Gate;
  @Maybe() @OneOf(results) result?: Result;
  @Maybe() @Text(100) application?: string;
  @Maybe() @Type(() => Number) @Count(1) pullRequest?: number;
  @Maybe() @Time() from?: string;
  @Maybe() @Time() to?: string;
}

/** A decision, as lists show it. */
export class DecisionSummary {
  @Text(64) id: string;
  @OneOf(gates) gate: Gate;
  @Nested(() => DecisionSubject) subject: DecisionSubject;
  @Text(100) application: string;
  @OneOf(results) result: Result;
  @ListOf(() => GateReason, 50) reasons: GateReason[];
  /** What was let through because of exceptions; absent when nothing. */
  @Maybe() @ListOf(() => WaivedReason, 50) waived?: WaivedReason[];
  /** What the change adds of comments and files that ask scanners to say nothing: none of it was applied. */
  @Maybe() @Nested(() => AddedSuppressions) suppressions?: AddedSuppressions;
  @Texts(50, 300) missing: string[];
  @Text(200) tolerance: string;
  @Count() older: number;
  @Count(1) revision: number;
  /** It differed from the one before and others were told. */
  @Flag() published: boolean;
  @Time() decidedAt: string;
  @Maybe() @Text(32) traceId?: string;
  /** Id of the chain that is rooted at the commit. */
  @Text(64) chain: string;
  /** Its page. */
  @Text(2048) url: string;
}

/** A decision with what it follows from. */
export class DecisionDetail extends DecisionSummary {
  @ListOf(() => JudgedPolicy, 200) policies: JudgedPolicy[];
  /** The signed policy bundle that it was judged with; absent for decisions older than bundles. */
  @Maybe() @Nested(() => BundleRef) bundle?: BundleRef;
  /** What policies in audit mode would have said. */
  @ListOf(() => GateReason, 200) audited: GateReason[];
  /** Digest of the kept input; `GET /api/v1/decisions/{id}/input` has all of it. */
  @Digest() input: string;
  /** Version of what judged. */
  @Text(200) evaluator: string;
  @Flag() degraded: boolean;
  /** From the last fact to the decision, and the judging alone, in milliseconds. */
  @Count() latencyMs: number;
  @Count() judgingMs: number;
  @Maybe() @Time() dataAsOf?: string;
}

/** Answer of `POST /api/v1/decisions/{id}/replay`: the kept input judged again by the same policy versions. */
export class DecisionReplay {
  /** Result, reasons and what is missing are the same. */
  @Flag() identical: boolean;
  @OneOf(results) was: Result;
  @OneOf(results) would: Result;
  /** Version of what judged then, and now. */
  @Text(200) evaluatorThen: string;
  @Text(200) evaluatorNow: string;
  @Digest() input: string;
}

/** A policy, as lists show it. */
export class PolicySummary {
  @Text(100) name: string;
  @Count(1) version: number;
  @Digest() digest: string;
  @Text(500) description: string;
  @Texts(5, 32) gates: string[];
  @OneOf(['audit', 'warn', 'enforce']) mode: 'audit' | 'warn' | 'enforce';
  @OneOf(severities) severity: Severity;
  @OneOf(['open', 'closed']) failMode: 'open' | 'closed';
  @Texts(50, 100) controls: string[];
  /** It came with the installation and was not changed since. */
  @Flag() builtIn: boolean;
  @Text(200) by: string;
  @Time() publishedAt: string;
}

/** A policy with its text. */
export class PolicyDetail extends PolicySummary {
  /** The document as it was published, YAML or JSON. */
  @Text(65_536) source: string;
}

/** A version of a policy. */
export class PolicyVersion {
  @Count(1) version: number;
  @Digest() digest: string;
  @Text(200) by: string;
  @Time() publishedAt: string;
}

/** What became of one case of a policy. */
export class PolicyCaseOutcome {
  @Text(200) name: string;
  @Flag() passed: boolean;
  @Maybe() @Text(2000) difference?: string;
}

/** Answer of `POST /api/v1/policies/test`. */
export class PolicyTest {
  /** All cases pass: it could be published. */
  @Flag() passed: boolean;
  @Text(100) name: string;
  @ListOf(() => PolicyCaseOutcome, 100) cases: PolicyCaseOutcome[];
}

/** Body of `PUT /api/v1/applications/{name}`: who owns it, what belongs to it, and how much risk it takes. */
export class ApplicationDocument {
  @Length(1, 100) team: string;
  @OneOf(['tier-1', 'tier-2', 'tier-3']) tier: 'tier-1' | 'tier-2' | 'tier-3';
  @Maybe() @Length(1, 64) dataClass?: string;
  @Maybe() @OneOf(['internet', 'internal', 'unknown']) exposure?: 'internet' | 'internal' | 'unknown';
  /** Others than the organisation get it, or use it over a network; assumed where it is not said. */
  @Maybe() @Flag() distribute?: boolean;
  @Maybe() @Nested(() => Deadlines) deadlines?: Deadlines;
  @Maybe() @Texts(20, 100) stages?: string[];
  /** Any spelling of their clone URLs. */
  @Maybe() @Texts(1000, 1024) repositories?: string[];
  @Maybe() @Texts(1000, 512) images?: string[];
  @Maybe() @Texts(50, 200) owners?: string[];
  @Maybe() @Text(2048) runbook?: string;
  @Maybe() @Texts(50, 100) tags?: string[];
}

/** Between which applications a repository would move, service to service. */
export class MoveQuery {
  @Length(1, 100) from: string;
  @Length(1, 100) to: string;
}

/** What would be tolerated more after a move, as short texts; nobody decides that alone. */
export class MoveWeighed {
  @Texts(200) weakens: string[];
}

/** An application and the risk tolerance that follows from it. */
export class Application {
  @Text(100) name: string;
  @Count(1) version: number;
  @Text(100) team: string;
  @OneOf(['tier-1', 'tier-2', 'tier-3']) tier: 'tier-1' | 'tier-2' | 'tier-3';
  @Text(64) dataClass: string;
  @OneOf(['internet', 'internal', 'unknown']) exposure: 'internet' | 'internal' | 'unknown';
  @Maybe() @Flag() distribute?: boolean;
  @Nested(() => Deadlines) deadlines: Deadlines;
  @Texts(20, 100) stages: string[];
  /** Canonical repository ids. */
  @Texts(1000, 1024) repositories: string[];
  @Texts(1000, 512) images: string[];
  @Texts(50, 200) owners: string[];
  @Maybe() @Text(2048) runbook?: string;
  @Texts(50, 100) tags: string[];
  /** Name of the tolerance, as decisions tell it. */
  @Text(200) tolerance: string;
  /** Finding classes without a completed run of which there is no verdict. */
  @Texts(5, 32) requires: string[];
  @OneOf(severities) blocksFrom: Severity;
  /** SPDX licence ids that no component may impose. */
  @Texts(50, 100) deniedLicences: string[];
  @Time() updatedAt: string;
}

/** The kept input of a decision: facts, tolerance, waivers, time and evaluator. */
export class DecisionInput {
  @Digest() digest: string;
  @IsObject() input: object;
}
