import { Length, Max } from 'class-validator';
import { CommitId, Count, Digest, Flag, Maybe, OneOf, Text, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

export const checkReleaseStates = ['requested', 'open', 'ended'] as const;
export type CheckReleaseState = (typeof checkReleaseStates)[number];

/** `over`: its time; `closed`: somebody; `refused`: before it was confirmed; `not_confirmed`: nobody did in time. */
export const checkReleaseEnds = ['over', 'closed', 'refused', 'not_confirmed'] as const;
export type CheckReleaseEnd = (typeof checkReleaseEnds)[number];

/** Body of `POST /api/v1/check-releases`: which checks that are not judged may pass for a while, and why. All, when neither is named. */
export class CheckReleaseRequest {
  @Length(1, 1000) reason: string;
  /** Any spelling of the clone URL. */
  @Maybe() @Length(1, 2048) repository?: string;
  /** Id of a source: what it told of. */
  @Maybe() @Length(1, 64) source?: string;
  /** How long from the confirmation on; 60 when it is left out, a day at most. */
  @Maybe() @Count(1) @Max(1440) minutes?: number;
}

/** Body of `POST /api/v1/check-releases/{id}/confirm`. */
export class CheckReleaseConfirmation {
  /** Of what was read: another one is refused. */
  @Digest() digest: string;
}

/** Body of `POST /api/v1/check-releases/{id}/end`. */
export class CheckReleaseClosing {
  @Maybe() @Length(1, 1000) reason?: string;
}

/** Checks that pass for a while although nobody could judge them, or the request for that. */
export class CheckReleaseAnswer {
  @Text(64) id: string;
  /** As people name it, e.g. `R-3`; addresses take it like the id. */
  @Text(32) label: string;
  @OneOf(checkReleaseStates) state: CheckReleaseState;
  /** `*` for every application. */
  @Text(100) application: string;
  @Maybe() @Text(1024) repository?: string;
  @Maybe() @Text(64) source?: string;
  @Text(1000) reason: string;
  @Count(1) minutes: number;
  /** Of exactly this: a confirmation names it. */
  @Digest() digest: string;
  @Text(200) requestedBy: string;
  @Time() requestedAt: string;
  /** Later nobody can confirm it. */
  @Time() confirmBefore: string;
  @Maybe() @Text(200) confirmedBy?: string;
  @Maybe() @Time() confirmedAt?: string;
  @Maybe() @Time() until?: string;
  @Maybe() @OneOf(checkReleaseEnds) endedBecause?: CheckReleaseEnd;
  @Maybe() @Text(200) endedBy?: string;
  @Maybe() @Text(1000) endedNote?: string;
  @Maybe() @Time() endedAt?: string;
  /** Checks within it that wait for their judgement now. */
  @Count() waiting: number;
  /** Checks that it has released. */
  @Count() released: number;
  /** Of those: judged since, and blocked. */
  @Count() judged: number;
  @Count() blocked: number;
  /** Of those: merged before they were judged. */
  @Count() merged: number;
}

/** One release, with whether whoever reads it can confirm it. */
export class CheckReleaseDetail extends CheckReleaseAnswer {
  @Flag() mayConfirm: boolean;
  /** While it waits for somebody. */
  @Maybe() @Text(500) mayNotConfirmBecause?: string;
}

/** A check that was released, and what became of it. */
export class ReleasedCheck {
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Time() releasedAt: string;
  /** What was decided since; absent while nothing is. */
  @Maybe() @OneOf(['pass', 'warn', 'deny']) result?: 'pass' | 'warn' | 'deny';
  @Maybe() @Time() judgedAt?: string;
  /** The change request that was merged before that. */
  @Maybe() @Count(1) number?: number;
  @Maybe() @Text(200) mergedBy?: string;
  @Maybe() @Time() mergedAt?: string;
}

/** Query of `GET /api/v1/check-releases`. */
export class CheckReleaseQuery extends PageQuery {
  @Maybe() @OneOf(checkReleaseStates) state?: CheckReleaseState;
}
