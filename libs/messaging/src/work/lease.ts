import type { Tx } from '@throughline/service';

/** A piece of work that is ours until the lease ends; the attempt number is the fence against a late worker. */
export interface Lease<P> {
  readonly id: string;
  readonly kind: string;
  readonly attempt: number;
  readonly payload: P;
  readonly queuedAt: Date;
  /** Aborted when the lease ends or the service stops. */
  readonly signal: AbortSignal;
  /** Ends the work in the transaction of its effect; throws `LeaseLost` when it is no longer ours. */
  complete(tx: Tx): Promise<void>;
  /** Starts the lease anew; throws `LeaseLost`. */
  renew(): Promise<void>;
  /**
   * Further work of the kind that nobody has begun, to be done in the same transaction: it is done when `tx` commits, else it stays
   * as it was. None for work that failed before, so that what cannot be done fails alone. It keeps its trace by `traced`.
   *
   * @param most how much of it
   */
  takeAlong(tx: Tx, most: number): Promise<readonly Along<P>[]>;
}

/** Work that another lease's transaction does. */
export interface Along<P> {
  readonly payload: P;
  /** Runs a part of it in the trace it was added in. */
  traced<T>(work: () => Promise<T>): Promise<T>;
}

export const priorities = { interactive: 0, normal: 1, bulk: 2 } as const;

/** Who waits for it: a person, a fact, nobody. A row of the last kind gains a step after a minute. */
export type WorkPriority = keyof typeof priorities;

/** Work to be done later. */
export interface NewWork {
  readonly kind: string;
  /** Of each key only the oldest is worked on, one at a time. */
  readonly key?: string;
  /** Lanes of a kind take turns: who adds a thousand rows to one of them does not make the others wait. */
  readonly lane?: string;
  readonly payload: object;
  readonly priority?: WorkPriority;
  /** Work of the same kind and dedupe that is still open is not added again. */
  readonly dedupe?: string;
  readonly runAfter?: Date;
}

/** How work of a kind is done. */
export interface WorkOptions<P> {
  readonly concurrency: number;
  readonly leaseSeconds: number;
  readonly maxAttempts: number;
  /** Runs in the transaction that gives the work up. */
  readonly onDead?: (lease: Lease<P>, tx: Tx, error: Error) => Promise<void>;
}
