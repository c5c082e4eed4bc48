import { Count, Digest, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';
import { findingClasses, type FindingClass } from './finding.ts';

/** A version of a policy was published. */
@Fact<PolicyPublished>({
  type: 'policy.published',
  topic: 'policy',
  writer: 'policy-engine',
  key: (fact) => fact.name,
  subject: (fact) => fact.name,
  ordered: true,
})
export class PolicyPublished {
  @Text(100) name: string;
  @Count(1) version: number;
  @Digest() digest: string;
  @Texts(5, 32) gates: string[];
  @OneOf(['audit', 'warn', 'enforce']) mode: 'audit' | 'warn' | 'enforce';
  @Text(200) by: string;
}

/** Days until a finding of the severity must be fixed. */
export class Deadlines {
  @Maybe() @Count(1) critical?: number;
  @Maybe() @Count(1) high?: number;
  @Maybe() @Count(1) medium?: number;
  @Maybe() @Count(1) low?: number;
}

/** An application's team, risk tolerance or what belongs to it changed. Carries the whole state. */
@Fact<ApplicationChanged>({
  type: 'application.changed',
  topic: 'policy',
  writer: 'policy-engine',
  key: (fact) => `application:${fact.name}`,
  subject: (fact) => fact.name,
  ordered: true,
})
export class ApplicationChanged {
  @Text(100) name: string;
  @Text(100) team: string;
  @OneOf(['tier-1', 'tier-2', 'tier-3']) tier: 'tier-1' | 'tier-2' | 'tier-3';
  @Text(64) dataClass: string;
  @OneOf(['internet', 'internal', 'unknown']) exposure: 'internet' | 'internal' | 'unknown';
  /** Canonical repository ids. */
  @Texts(1000, 1024) repositories: string[];
  @Texts(1000, 512) images: string[];
  @Texts(50, 200) owners: string[];
  @Maybe() @Text(2048) runbook?: string;
  /** Those of its tier where it is left out. */
  @Maybe() @Nested(() => Deadlines) deadlines?: Deadlines;
}

/** An application was removed with all that was said of it: its repositories belong to none. */
@Fact<ApplicationRemoved>({
  type: 'application.removed',
  topic: 'policy',
  writer: 'policy-engine',
  key: (fact) => `application:${fact.name}`,
  subject: (fact) => fact.name,
  ordered: true,
})
export class ApplicationRemoved {
  @Text(100) name: string;
}

/** What ends a waiver before its time. */
export const waiverEndConditions = ['known_exploited', 'fix_available'] as const;
export type WaiverEndCondition = (typeof waiverEndConditions)[number];

export const waiverEnds = ['expired', 'revoked', 'refused', 'edited', ...waiverEndConditions] as const;
export type WaiverEnd = (typeof waiverEnds)[number];

/** What a line of a repository is about; it covers nothing after its own end. */
export class WaiverMatch {
  @Maybe() @Texts(50, 64) findings?: string[];
  @Maybe() @OneOf(findingClasses) class?: FindingClass;
  @Maybe() @Text(200) rule?: string;
  @Maybe() @Text(128) advisory?: string;
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Text(512) purl?: string;
  @Maybe() @Text(1024) path?: string;
  @Maybe() @Time() until?: string;
}

/** Which findings a waiver covers: those to which all that is named applies. */
export class WaiverMatches {
  /** Any of these ids. */
  @Maybe() @Texts(50, 64) findings?: string[];
  @Maybe() @OneOf(findingClasses) class?: FindingClass;
  @Maybe() @Text(200) rule?: string;
  @Maybe() @Text(128) advisory?: string;
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Text(512) purl?: string;
  @Maybe() @Text(1024) path?: string;
  /** And one of these: of a waiver that lines of a repository ask for. */
  @Maybe() @ListOf(() => WaiverMatch, 100) anyOf?: WaiverMatch[];
}

/** Two people accepted a risk for a time. It tells what its owner decided, and grants nothing to who reads it. */
@Fact<WaiverGranted>({
  type: 'waiver.granted',
  topic: 'policy',
  writer: 'policy-engine',
  key: (fact) => keys.waiver(fact.waiver),
  subject: (fact) => fact.waiver,
  makes: (fact) => [keys.waiver(fact.waiver)],
  madeFrom: (fact) => (fact.decision === undefined ? [] : [keys.decision(fact.decision)]),
  ordered: true,
})
export class WaiverGranted {
  @Text(64) waiver: string;
  /** As people name it, e.g. `W-31`. */
  @Text(32) label: string;
  /** `*` for every application. */
  @Text(100) application: string;
  @Maybe() @Text(1024) repository?: string;
  /** Only for this policy; for all of them when absent. */
  @Maybe() @Text(100) policy?: string;
  @Nested(() => WaiverMatches) matches: WaiverMatches;
  @Texts(2, 32) endsWhen: WaiverEndCondition[];
  @Text(2000) reason: string;
  @Text(200) owner: string;
  @Maybe() @Text(500) premise?: string;
  @Text(200) requestedBy: string;
  @Text(200) approvedBy: string;
  @Time() from: string;
  @Time() until: string;
  /** Of the exact content that was approved. */
  @Digest() digest: string;
  /** The decision that it was asked for. */
  @Maybe() @Text(64) decision?: string;
}

/** A waiver holds no longer. */
@Fact<WaiverEnded>({
  type: 'waiver.ended',
  topic: 'policy',
  writer: 'policy-engine',
  key: (fact) => keys.waiver(fact.waiver),
  subject: (fact) => fact.waiver,
  madeFrom: (fact) => [keys.waiver(fact.waiver)],
  ordered: true,
})
export class WaiverEnded {
  @Text(64) waiver: string;
  @Text(32) label: string;
  @Text(100) application: string;
  @Maybe() @Text(1024) repository?: string;
  @OneOf(waiverEnds) because: WaiverEnd;
  @Text(200) by: string;
  @Text(200) owner: string;
  /** What happened, in a sentence. */
  @Maybe() @Text(2000) note?: string;
  @Time() endedAt: string;
}
