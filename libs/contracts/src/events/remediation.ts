import { CommitId, Count, Digest, ListOf, Maybe, OneOf, Text, Texts } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';

/** One file that a proposal changes. */
export class ProposedFile {
  @Text(1024) path: string;
  /** `manifest` or `lock`. */
  @OneOf(['manifest', 'lock']) kind: 'manifest' | 'lock';
}

/** A fix is proposed: nothing is pushed yet. One proposal per fix, however many findings it closes. */
@Fact<FixProposed>({
  type: 'fix.proposed',
  topic: 'remediation',
  writer: 'remediation',
  key: (fact) => fact.proposal,
  subject: (fact) => fact.proposal,
  makes: (fact) => [keys.proposal(fact.proposal)],
  madeFrom: (fact) => fact.causes,
  ordered: true,
})
export class FixProposed {
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Text(100) application: string;
  /** Package URL without version. */
  @Text(512) package: string;
  @Text(128) from: string;
  @Text(128) to: string;
  @Text(500) summary: string;
  @ListOf(() => ProposedFile, 50) files: ProposedFile[];
  /** Digest of the unified diff that was kept. */
  @Digest() diff: string;
  @Texts(200, 64) findings: string[];
  @Texts(20, 1200) causes: string[];
}

/** What all facts about a fix that was approved have. */
interface AboutFix {
  readonly fix: string;
  readonly proposal: string;
}

/** Ordered with the proposal that they carry out. */
const aboutFix = {
  topic: 'remediation',
  writer: 'remediation',
  key: (fact: AboutFix) => fact.proposal,
  subject: (fact: AboutFix) => fact.proposal,
} as const;

/** A person agreed that exactly this edit goes into a branch. Authority stays with the service that wrote it down. */
@Fact<FixApproved>({
  type: 'fix.approved',
  ...aboutFix,
  makes: (fact) => [keys.fix(fact.fix)],
  madeFrom: (fact) => [keys.proposal(fact.proposal)],
})
export class FixApproved {
  /** Id of what was approved: one approval, one branch. */
  @Text(64) fix: string;
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  /** Head of the line that it was approved for. */
  @CommitId() commit: string;
  @Text(100) application: string;
  @Digest() diff: string;
  @Text(200) by: string;
}

/** The branch was pushed and its change request is open. */
@Fact<FixApplied>({ type: 'fix.applied', ...aboutFix, madeFrom: (fact) => [keys.fix(fact.fix)] })
export class FixApplied {
  @Text(64) fix: string;
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  @Text(100) application: string;
  /** Full ref of the branch. */
  @Text(512) ref: string;
  /** Its head. */
  @CommitId() head: string;
  @Count(1) number: number;
  @Text(2048) url: string;
}

/** An evaluation of the head of the branch found none of the findings, and nothing that was not there before. */
@Fact<FixVerified>({ type: 'fix.verified', ...aboutFix, madeFrom: (fact) => [keys.fix(fact.fix), fact.evaluation] })
export class FixVerified {
  @Text(64) fix: string;
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  @Text(100) application: string;
  @CommitId() head: string;
  @Texts(200, 64) findings: string[];
  /** Chain key of the evaluation that says so. */
  @Text(1200) evaluation: string;
}

/** A fix was not carried out, or its branch is not what was hoped for. `unverified`: nobody can tell. */
@Fact<FixFailed>({ type: 'fix.failed', ...aboutFix, madeFrom: (fact) => [keys.fix(fact.fix)] })
export class FixFailed {
  @Text(64) fix: string;
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  @Text(100) application: string;
  @Maybe() @CommitId() head?: string;
  @OneOf(['halted', 'outdated', 'failed', 'not_fixed', 'unverified']) why: 'halted' | 'outdated' | 'failed' | 'not_fixed' | 'unverified';
  @Text(500) reason: string;
}

/** A person took a fix back: its change request is closed and its branch deleted. */
@Fact<FixUndone>({ type: 'fix.undone', ...aboutFix, madeFrom: (fact) => [keys.fix(fact.fix)] })
export class FixUndone {
  @Text(64) fix: string;
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  @Text(100) application: string;
  @Text(200) by: string;
}
