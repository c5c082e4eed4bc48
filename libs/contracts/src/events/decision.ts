import { CommitId, Count, Counts, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { commitSubject, keys } from '../keys.ts';
import { AddedSuppressions } from './evidence.ts';
import { severities, type Severity } from './finding.ts';

export const gates = ['change', 'build', 'registry', 'deploy', 'runtime'] as const;
export type Gate = (typeof gates)[number];

export const results = ['pass', 'warn', 'deny', 'undecided'] as const;
export type Result = (typeof results)[number];

/** What a gate judged. */
export class DecisionSubject {
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Text(512) ref: string;
  @Maybe() @Count(1) pullRequest?: number;
  @Maybe() @CommitId() base?: string;
}

/** One finding that a reason names, as much of it as a person needs. */
export class ReasonFinding {
  @Text(64) id: string;
  @Text(300) title: string;
  @OneOf(severities) severity: Severity;
  @Maybe() @Text(1100) place?: string;
  @Maybe() @Text(512) purl?: string;
  @Maybe() @Text(128) fixedIn?: string;
  @Maybe() @Text(32) cve?: string;
}

/** Why a policy did not pass: at most ten findings by name, the rest counted. */
export class DecisionReason {
  @Text(100) policy: string;
  @Count(1) version: number;
  @OneOf(['warn', 'deny']) effect: 'warn' | 'deny';
  @OneOf(severities) severity: Severity;
  @Text(500) message: string;
  @Text(500) fix: string;
  /** The change under judgement adds it. */
  @Flag() new: boolean;
  @ListOf(() => ReasonFinding, 10) findings: ReasonFinding[];
  @Count() total: number;
}

/** Findings that an exception kept a policy from objecting to. */
export class DecisionWaiver {
  /** Its id, and how people name it. */
  @Text(64) waiver: string;
  @Maybe() @Text(32) label?: string;
  @Text(100) policy: string;
  @ListOf(() => ReasonFinding, 10) findings: ReasonFinding[];
  @Count() total: number;
}

export class JudgedPolicy {
  @Text(100) name: string;
  @Count(1) version: number;
  @Digest() digest: string;
}

/** The signed set of policies that was in force. */
export class BundleRef {
  @Count(1) sequence: number;
  @Digest() digest: string;
}

/** A gate judged a subject. Published only when result, reasons or policies differ from the last time. */
@Fact<DecisionMade>({
  type: 'decision.made',
  topic: 'decision',
  writer: 'policy-engine',
  key: (fact) => commitSubject(fact.subject.repository, fact.subject.commit),
  subject: (fact) => commitSubject(fact.subject.repository, fact.subject.commit),
  makes: (fact) => [keys.decision(fact.decision)],
  madeFrom: (fact) => fact.items.map((seq) => keys.evaluation(fact.subject.repository, fact.subject.commit, seq)),
  ordered: true,
})
export class DecisionMade {
  @Text(64) decision: string;
  @OneOf(gates) gate: Gate;
  @Nested(() => DecisionSubject) subject: DecisionSubject;
  @Text(100) application: string;
  @OneOf(results) result: Result;
  @ListOf(() => DecisionReason, 50) reasons: DecisionReason[];
  /** What it let through because of exceptions; absent when nothing. */
  @Maybe() @ListOf(() => DecisionWaiver, 50) waived?: DecisionWaiver[];
  /** What the change adds of comments and files that ask scanners to say nothing: none of it was applied. Absent when it adds none. */
  @Maybe() @Nested(() => AddedSuppressions) suppressions?: AddedSuppressions;
  /** What is not known yet or could not be known; never empty when undecided. */
  @Texts(50, 300) missing: string[];
  @ListOf(() => JudgedPolicy, 200) policies: JudgedPolicy[];
  @Maybe() @Nested(() => BundleRef) bundle?: BundleRef;
  /** Digest of the canonical input that was kept. */
  @Digest() input: string;
  /** Name of the risk tolerance used, e.g. `tier-1 internet`. */
  @Text(200) tolerance: string;
  /** Counts up with every decision about this subject and gate. */
  @Count(1) revision: number;
  /** Numbers of the evidence items it leans on. */
  @Counts(200) items: number[];
  /** Open findings that the change did not add and that therefore do not count. */
  @Count() older: number;
  @Maybe() @Time() dataAsOf?: string;
}
