import { Length } from 'class-validator';
import { Count, Digest, Flag, ListOf, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';
import { ReplayedDecision } from './policy-replay.ts';

/** `superseded`: the policy or application, or for a bundle what is in force, is another one by now; `expired`: nobody decided in time. */
export const policyChangeStates = ['awaiting_approval', 'approved', 'rejected', 'superseded', 'expired'] as const;
export type PolicyChangeState = (typeof policyChangeStates)[number];

/** `application`: all of an application as it would be from then on. */
export const policyChangeKinds = ['publish', 'delete', 'bundle', 'application'] as const;
export type PolicyChangeKind = (typeof policyChangeKinds)[number];

/** A policy that a bundle would publish or take away. */
export class PolicyChangePart {
  @Text(100) policy: string;
  @OneOf(['publish', 'delete']) kind: 'publish' | 'delete';
  /** The version that it would follow; absent for a new policy. */
  @Maybe() @Count(1) base?: number;
  /** The document as it would be published. */
  @Maybe() @Text(65_536) source?: string;
}

/** A change that would make a policy weaker, or let an application take more risk: asked for by one person, in force when another one approves it. */
export class PolicyChange {
  @Text(64) id: string;
  @Text(200) location: string;
  @OneOf(policyChangeStates) state: PolicyChangeState;
  /** Name of the policy; absent for a bundle and an application. */
  @Maybe() @Text(100) policy?: string;
  /** Name of the application that would take more risk. */
  @Maybe() @Text(100) application?: string;
  @OneOf(policyChangeKinds) kind: PolicyChangeKind;
  /** The version of the policy or application that it would follow, or the sequence of the bundle; 0 for an application that is not there yet. */
  @Count() base: number;
  /** All that a bundle would change, in force together or not at all; left out of lists. */
  @Maybe() @ListOf(() => PolicyChangePart, 400) parts?: PolicyChangePart[];
  /** Why, as the bundle says. */
  @Maybe() @Text(500) note?: string;
  /** The document as it would be published; of an application all of it as JSON, left out of lists. */
  @Maybe() @Text(2_097_152) source?: string;
  /** What would bite less; in a bundle with the name of the policy before it. */
  @Texts(4000, 500) weakens: string[];
  /** Denials of the last 30 days in which a policy would block less, whatever others say; the latest 50. */
  @ListOf(() => ReplayedDecision, 50) affected: ReplayedDecision[];
  /** Of exactly this: an approval names it. */
  @Digest() digest: string;
  /** Whether the caller may approve it now, and why not. */
  @Flag() mayApprove: boolean;
  @Maybe() @Text(500) mayNotApproveBecause?: string;
  @Text(200) requestedBy: string;
  @Time() requestedAt: string;
  /** Later nobody can approve it. */
  @Time() approveBefore: string;
  @Maybe() @Text(200) decidedBy?: string;
  @Maybe() @Time() decidedAt?: string;
  @Maybe() @Text(1000) reason?: string;
}

/** Query of `GET /api/v1/policies/changes`. */
export class PolicyChangeQuery extends PageQuery {
  @Maybe() @OneOf(policyChangeStates) state?: PolicyChangeState;
}

/** Body of `POST /api/v1/policies/changes/{id}/approve`. */
export class PolicyChangeApproval {
  /** Of what was read: another one is refused. */
  @Digest() digest: string;
}

/** Body of `POST /api/v1/policies/changes/{id}/reject`. */
export class PolicyChangeRejection {
  @Length(1, 1000) reason: string;
}
