import { Count, Maybe, OneOf, Text, Time } from '../fields.ts';
import { auditOutcomes, type AuditOutcome } from '../events/audit.ts';
import { PageQuery } from '../paging.ts';

/** Filters of `GET /api/v1/audit`. */
export class AuditQuery extends PageQuery {
  /** Id of a person, or of a token that is nobody's. */
  @Maybe() @Text(64) actor?: string;
  @Maybe() @Text(200) operation?: string;
  /** Part of the path of what was changed. */
  @Maybe() @Text(200) subject?: string;
  @Maybe() @OneOf(auditOutcomes) outcome?: AuditOutcome;
  @Maybe() @Time() from?: string;
  @Maybe() @Time() to?: string;
}

/** Who did what, and how it ended. */
export class AuditEntry {
  @Text(40) service: string;
  /** Without gaps per service. */
  @Count(1) number: number;
  @Time() at: string;
  @Text(64) actor: string;
  @Text(200) actorName: string;
  @OneOf(['token', 'session', 'machine']) via: string;
  @Maybe() @Text(64) token?: string;
  @Text(200) operation: string;
  @Text(1024) subject: string;
  @OneOf(auditOutcomes) outcome: AuditOutcome;
  @Maybe() @Count(100) status?: number;
  @Maybe() @Text(64) address?: string;
  /** SHA-256 over the fields and the digest of the record before. */
  @Text(64) digest: string;
  @Text(64) previous: string;
}
