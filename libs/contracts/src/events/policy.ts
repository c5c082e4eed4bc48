import { Count, Digest, Maybe, OneOf, Text, Texts } from '../fields.ts';
import { Fact } from '../fact.ts';

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
