import { Count, Maybe, OneOf, Text, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { sha256 } from '../ids.ts';

/** How a change ended; `unknown` when whoever asked for it was gone before its end was written down. */
export const auditOutcomes = ['done', 'refused', 'failed', 'unknown'] as const;

export type AuditOutcome = (typeof auditOutcomes)[number];

/** Somebody changed something, or tried to: numbered without gaps per service, each with the digest of the one before. */
@Fact<AuditRecorded>({
  type: 'audit.recorded',
  topic: 'audit',
  writer: 'gateway',
  key: (fact) => fact.service,
  subject: (fact) => `${fact.service}#${fact.number}`,
})
export class AuditRecorded {
  @Text(40) service: string;
  @Count(1) number: number;
  @Time() at: string;
  /** Id of the person, or of a token that is nobody's. */
  @Text(64) actor: string;
  @Text(200) actorName: string;
  /** `machine`: on the machine itself, without a token. */
  @OneOf(['token', 'session', 'machine']) via: 'token' | 'session' | 'machine';
  @Maybe() @Text(64) token?: string;
  /** Operation of the interface, `ledger.findings.triage`. */
  @Text(200) operation: string;
  /** Path of what was changed, without the query. */
  @Text(1024) subject: string;
  @OneOf(auditOutcomes) outcome: AuditOutcome;
  /** Status of the answer. */
  @Maybe() @Count(100) status?: number;
  /** Address of the caller. */
  @Maybe() @Text(64) address?: string;
  /** Digest of the record before; zeros for the first. */
  @Text(64) previous: string;
}

/** Digest of a record: changing, leaving out or adding one breaks those of all that follow. */
export function auditDigest(record: AuditRecorded): string {
  const { previous, service, number, at, actor, actorName, via, token, operation, subject, outcome, status, address } = record;
  const fields = [previous, service, number, at, actor, actorName, via, token ?? null, operation, subject, outcome, status ?? null];
  return sha256(JSON.stringify([...fields, address ?? null])).slice('sha256:'.length);
}
