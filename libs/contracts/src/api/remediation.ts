import { Length, Max } from 'class-validator';
import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { ProposedFile } from '../events/remediation.ts';
import { PageQuery } from '../paging.ts';

/** `preparing`: being made. `waiting`: for a release to become old enough. `impossible`: no exact edit can be made, with the reason. `rejected`: a person does not want it. `gone`: the findings are no longer there. */
export const proposalStates = ['preparing', 'proposed', 'waiting', 'impossible', 'rejected', 'gone'] as const;
export type ProposalState = (typeof proposalStates)[number];

/** Query of `GET /api/v1/remediations`. */
export class RemediationQuery extends PageQuery {
  @Maybe() @OneOf(proposalStates) state?: ProposalState;
  @Maybe() @Text(100) application?: string;
  /** Any spelling of the clone URL. */
  @Maybe() @Text(2048) repository?: string;
  @Maybe() @CommitId() commit?: string;
  /** Id of a finding that it would close. */
  @Maybe() @Text(64) finding?: string;
}

/**
 * `approved`: about to be pushed. `open`: pushed, with its change request. `outdated`: the line or the branch moved on, so that
 * the approval holds no longer. `closed`: its change request was, without a merge. `halted`: by the switch. `superseded`: by a
 * later approval.
 */
export const fixStates = [
  'approved',
  'open',
  'merged',
  'closed',
  'outdated',
  'halted',
  'failed',
  'undoing',
  'undone',
  'superseded',
] as const;
export type FixState = (typeof fixStates)[number];

/** What the scan of the branch says. `not_fixed`: findings are still there, or new ones. `unverified`: nobody can tell. */
export const fixProofs = ['waiting', 'verified', 'not_fixed', 'unverified'] as const;
export type FixProof = (typeof fixProofs)[number];

/** A change request at the provider. */
export class ChangeRequestLink {
  @Count(1) number: number;
  @Text(2048) url: string;
}

/** A fix that was approved, and what became of it. */
export class AppliedFix {
  @Text(64) id: string;
  @OneOf(fixStates) state: FixState;
  @OneOf(fixProofs) proof: FixProof;
  /** Short name of the branch. */
  @Text(255) branch: string;
  /** Head of the branch, once it was made. */
  @Maybe() @CommitId() commit?: string;
  @Maybe() @Nested(() => ChangeRequestLink) changeRequest?: ChangeRequestLink;
  @Maybe() @Text(500) reason?: string;
  @Text(200) approvedBy: string;
  @Time() approvedAt: string;
  @Time() updatedAt: string;
}

/** A proposed fix: one per package and line of work, however many findings it closes. */
export class Remediation {
  @Text(64) id: string;
  @OneOf(proposalStates) state: ProposalState;
  @Text(500) summary: string;
  @Text(1024) repository: string;
  /** Full ref, or `#<number>` of a change request. */
  @Text(512) line: string;
  /** The commit that it was made for. */
  @CommitId() commit: string;
  @Text(64) chain: string;
  @Text(100) application: string;
  /** Package URL without version. */
  @Text(512) package: string;
  @Text(128) from: string;
  @Text(128) to: string;
  @Texts(200, 64) findings: string[];
  @ListOf(() => ProposedFile, 50) files: ProposedFile[];
  /** Why no exact edit can be made, or what is waited for. */
  @Maybe() @Text(500) reason?: string;
  /** The latest approval of it. */
  @Maybe() @Nested(() => AppliedFix) fix?: AppliedFix;
  @Time() createdAt: string;
  @Time() updatedAt: string;
  /** Its page. */
  @Text(2048) url: string;
}

/** Another package of which the versions change with a fix. */
export class MovedPackage {
  @Text(214) name: string;
  /** Versions that are gone. */
  @Texts(50, 128) from: string[];
  /** Versions that are new. */
  @Texts(50, 128) to: string[];
}

/** A dependent that gets another version than it asks for. */
export class FixOverride {
  @Maybe() @Text(214) dependent?: string;
  /** What it asks for. */
  @Text(512) range: string;
  @Text(214) name: string;
  @Text(128) version: string;
}

/** What approving would push and open. */
export class PlannedChange {
  @Text(255) branch: string;
  /** Branch that it is for. */
  @Text(255) base: string;
  @Text(300) title: string;
  /** Markdown. */
  @Text(60_000) text: string;
}

/** A proposed fix with its edit. */
export class RemediationDetail extends Remediation {
  @Count(1) revision: number;
  /** What a person should know about the edit. */
  @Texts(20, 500) notes: string[];
  /** Why checksums or addresses are missing: the edit is shown, but must not be merged as it is. */
  @Maybe() @Text(500) incomplete?: string;
  /** Whether our own reader found none of the affected versions in the edited lock files. */
  @Flag() proven: boolean;
  @ListOf(() => MovedPackage, 200) moved: MovedPackage[];
  @ListOf(() => FixOverride, 60) overrides: FixOverride[];
  /** Unified diff of all files, as `git apply` takes it. */
  @Maybe() @Text(4_000_000) diff?: string;
  @Maybe() @Digest() diffDigest?: string;
  /** Made of ids and our own words only. */
  @Text(4000) commitMessage: string;
  @Maybe() @Nested(() => PlannedChange) plan?: PlannedChange;
}

/** Body of `POST /api/v1/remediations/{id}/approve`. */
export class FixApproval {
  /** `diffDigest` of what was looked at: when the edit is another one by now, it is not approved. */
  @Maybe() @Digest() diff?: string;
}

/** Body of `POST /api/v1/remediations/{id}/reject`. */
export class FixRejection {
  @Length(1, 400) reason: string;
}

/** Whether fixes of an application may be pushed, and how many. */
export class FixSettings {
  @Text(100) application: string;
  /** Approved fixes are pushed into branches and proposed as change requests. */
  @Flag() branches: boolean;
  /** Most approvals within an hour. */
  @Count(1) perHour: number;
  /** Minutes after a fix failed, was rejected or undone before it may be approved again. */
  @Count() cooldownMinutes: number;
}

/** Body of `PUT /api/v1/remediations/settings/{application}`. */
export class FixSettingsChange {
  @Flag() branches: boolean;
  @Maybe() @Count(1) @Max(1000) perHour?: number;
  @Maybe() @Count() @Max(10_080) cooldownMinutes?: number;
}

/** Whether anything is pushed, opened, closed or deleted at all. */
export class ActionSwitch {
  @Flag() paused: boolean;
  @Maybe() @Text(200) by?: string;
  @Maybe() @Text(400) reason?: string;
  @Maybe() @Time() at?: string;
}

/** Body of `POST /api/v1/remediations/pause` and `/resume`. */
export class SwitchOrder {
  @Length(1, 400) reason: string;
}

/** One file of a commit, service to service. */
export class SourceFileQuery {
  @Text(1024) repository: string;
  @CommitId() commit: string;
  /** From the root of the repository, with `/`. */
  @Text(1024) path: string;
}

/** The first of some places at which a commit has a file, service to service. */
export class SourceFileSearch {
  @Text(1024) repository: string;
  @CommitId() commit: string;
  /** From the root of the repository, with `/`, the preferred one first. */
  @Texts(20, 1024) paths: string[];
}

/** What was found there; neither is set when the commit has none of them as text. */
export class SourceFileFound {
  @Maybe() @Text(1024) path?: string;
  @Maybe() @Text(2 * 1024 * 1024) text?: string;
}

/** The text of a file exactly as it is stored. */
export class SourceFileText {
  @Text(2 * 1024 * 1024) text: string;
}
