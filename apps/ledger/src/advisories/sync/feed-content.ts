import type { Tx } from '@throughline/service';
import type { SyncCounts } from './feed-syncs.ts';

/** One attempt to take in the file of a feed. */
export interface SyncRun {
  readonly feed: string;
  readonly path: string;
  /** Shows progress, keeps the lease, and throws when the work is to stop: called again and again. */
  readonly step: (counts?: SyncCounts) => Promise<void>;
  /** Counts what a transaction has written. */
  readonly wrote: (tx: Tx, count: { accepted: number; unchanged: number }) => Promise<void>;
}

/** What a file would do to what stands. */
export interface Review {
  readonly records: number;
  readonly rejected: number;
  readonly withdraws: number;
  readonly reranges: number;
  readonly standing: number;
  /** Ids that stand and that the file no longer has. */
  readonly gone: readonly string[];
  /** What it has data about. */
  readonly ecosystems: readonly string[];
  /** The publisher's version of the file. */
  readonly version?: string;
}

/** A format that feeds are published in. */
export interface FeedContent {
  /** Reads the whole file and changes nothing; throws `Problem` for a file of another format. */
  review(run: SyncRun): Promise<Review>;
  /** Takes the file in; what an earlier attempt has written is not written again. */
  write(run: SyncRun, review: Review): Promise<void>;
}

const mostTakenBack = 0.05;

/** Whether a person has to look before a file is taken in: a feed that was broken into would take back many statements at once. */
export function isHeld({ withdraws, reranges, standing }: Pick<Review, 'withdraws' | 'reranges' | 'standing'>): boolean {
  return withdraws + reranges > standing * mostTakenBack;
}
