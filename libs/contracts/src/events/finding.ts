import { Count, Digest, Flag, Fraction, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { commitSubject, keys } from '../keys.ts';
import { assurances, Coverage, SourceSubject, type Assurance } from './evidence.ts';

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

export const findingClasses = ['vulnerability', 'code', 'secret', 'configuration', 'licence'] as const;
export type FindingClass = (typeof findingClasses)[number];

export const detections = ['open', 'not_seen', 'resolved', 'not_evaluated', 'retracted'] as const;
export type Detection = (typeof detections)[number];

export const triages = ['new', 'in_triage', 'exploitable', 'not_affected', 'false_positive', 'risk_accepted'] as const;
export type Triage = (typeof triages)[number];

/** A finding as it stands at a subject: enough to judge it and to tell a person about it. */
export class FindingState {
  @Text(64) id: string;
  @OneOf(findingClasses) class: FindingClass;
  @Text(200) rule: string;
  @Text(300) title: string;
  @OneOf(severities) severity: Severity;
  @OneOf(triages) triage: Triage;
  @Maybe() @Text(1024) path?: string;
  @Maybe() @Count(1) line?: number;
  /** Package URL with version, for a vulnerability. */
  @Maybe() @Text(512) purl?: string;
  @Maybe() @Text(128) fixedIn?: string;
  /** The same by feeds that are trusted for fixes alone: only this one is proposed. */
  @Maybe() @Text(128) trustedFix?: string;
  /** Advisory id as its publisher gave it, and the CVE of its alias group. */
  @Maybe() @Text(128) advisory?: string;
  @Maybe() @Text(32) cve?: string;
  @Flag() knownExploited: boolean;
  @Maybe() @Fraction(0, 1) epss?: number;
  @Texts(20, 64) tools: string[];
}

/** What could not be evaluated, and why: never read as clean. */
export class NotEvaluated {
  /** An ecosystem (`npm`), or a tool. */
  @Text(64) what: string;
  @Text(300) reason: string;
}

export class SeverityTotals {
  @Count() critical: number;
  @Count() high: number;
  @Count() medium: number;
  @Count() low: number;
  @Count() info: number;
}

/** How many components carry a licence (SPDX expression), with some of them. */
export class LicenceCount {
  @Text(200) licence: string;
  @Count(1) components: number;
  @Texts(5, 512) examples: string[];
}

/** An upload would have closed so much of what is open that a person has to agree first. */
export class Parked {
  @Count(1) wouldResolve: number;
  /** Open findings of the same tool and scope. */
  @Count(1) open: number;
}

/** An item of evidence was applied: what is present at the subject now. Counts for the gate, others only inform. */
@Fact<FindingsEvaluated>({
  type: 'findings.evaluated',
  topic: 'finding',
  writer: 'ledger',
  key: (fact) => fact.subject.repository,
  subject: (fact) => commitSubject(fact.subject.repository, fact.subject.commit),
  makes: (fact) => [keys.evaluation(fact.subject.repository, fact.subject.commit, fact.seq)],
  madeFrom: (fact) => [keys.scan(fact.subject.repository, fact.subject.commit, fact.seq)],
  ordered: true,
})
export class FindingsEvaluated {
  @Nested(() => SourceSubject) subject: SourceSubject;
  /** Number of the evidence item. */
  @Count(1) seq: number;
  @Text(64) tool: string;
  /** Ruleset family of the run: two evaluations compare only when tool and ruleset are equal. */
  @Text(128) ruleset: string;
  @Texts(8, 32) finds: string[];
  @OneOf(['evaluated', 'not_evaluated']) outcome: 'evaluated' | 'not_evaluated';
  /** Application that the repository belongs to, `unassigned` when none. */
  @Text(100) application: string;
  /** Counts up with every evaluation of the item (an advisory may change it later). */
  @Count(1) revision: number;
  /** Open findings present at the subject; when they do not fit, all of them are in the blob `presentRef` as NDJSON. */
  @ListOf(() => FindingState, 5000) present: FindingState[];
  @Maybe() @Digest() presentRef?: string;
  @Nested(() => SeverityTotals) totals: SeverityTotals;
  @Count() opened: number;
  @Count() reopened: number;
  @Count() resolved: number;
  @Count() unchanged: number;
  @ListOf(() => NotEvaluated, 50) notEvaluated: NotEvaluated[];
  @ListOf(() => LicenceCount, 100) licences: LicenceCount[];
  /** Age of the oldest advisory data that the answer leans on. */
  @Maybe() @Time() dataAsOf?: string;
  /** Of an upload; absent: our own run. */
  @Maybe() @OneOf(assurances) assurance?: Assurance;
  /** Of a fork, a change request or a ref that is not protected: it counts at the change gate only. */
  @Maybe() @Flag() changeOnly?: boolean;
  /** What it covered; `complete` only when it was believed. */
  @Maybe() @Nested(() => Coverage) coverage?: Coverage;
  @Maybe() @Nested(() => Parked) parked?: Parked;
}

/** A person changed the triage of a finding. */
@Fact<FindingChanged>({
  type: 'finding.changed',
  topic: 'finding',
  writer: 'ledger',
  key: (fact) => fact.repository,
  subject: (fact) => fact.finding,
  ordered: true,
})
export class FindingChanged {
  @Text(64) finding: string;
  @Text(1024) repository: string;
  @OneOf(triages) triage: Triage;
  @Text(200) by: string;
  @Text(2000) reason: string;
}

/** What a waiver leans on is gone: a CVE that it covers is exploited, or has a fix. Its owner ends it. */
@Fact<PremiseBroken>({
  type: 'premise.broken',
  topic: 'finding',
  writer: 'ledger',
  key: (fact) => fact.repository,
  subject: (fact) => fact.waiver,
  madeFrom: (fact) => [keys.waiver(fact.waiver)],
})
export class PremiseBroken {
  @Text(64) waiver: string;
  @Text(1024) repository: string;
  /** A finding that shows it. */
  @Text(64) finding: string;
  @OneOf(['known_exploited', 'fix_available']) because: 'known_exploited' | 'fix_available';
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Text(128) fixedIn?: string;
}
