import type { WaiverEndCondition } from '@throughline/contracts';

/** Work that the modules of this service leave for one another. */
export const workKinds = {
  /** Judge a subject at its gates. Payload: `{ subject }`. */
  judge: 'judge',
  /** Judge the heads of all lines again, of some repositories when they are given. Payload: `{ repositories? }`. */
  judgeHeads: 'judge-heads',
  /** Judge decisions that were made again with another policy. Payload: `{ replay }`. */
  replay: 'policy-replay',
  /** A waiver's time is over. Payload: `{ waiver }`. */
  endWaiver: 'waiver-end',
  /** Make requests of what a default branch asks scanners not to say. Payload: `{ repository, tries? }`. */
  requestFromRepository: 'request-from-repository',
  /** What a waiver leans on is gone. Payload: `{ waiver, because, finding, cve?, fixedIn? }`. */
  breakWaiver: 'waiver-broken',
} as const;

/** Payload of `judge`. */
export interface JudgeWork {
  readonly subject: string;
  /** Judge even though evidence is still open: its time is over. */
  readonly overdue?: boolean;
}

/** Payload of `judge-heads`. */
export interface JudgeHeadsWork {
  readonly repositories?: readonly string[];
}

/** Payload of `policy-replay`. */
export interface ReplayWork {
  readonly replay: string;
}

/** Payload of `request-from-repository`. */
export interface RepositoryWork {
  readonly repository: string;
  /** How often its scans were not done yet. */
  readonly tries?: number;
}

/** Payload of `waiver-end`. */
export interface WaiverWork {
  readonly waiver: string;
}

/** Payload of `waiver-broken`. */
export interface WaiverBrokenWork extends WaiverWork {
  readonly because: WaiverEndCondition;
  readonly finding: string;
  readonly cve?: string;
  readonly fixedIn?: string;
}
