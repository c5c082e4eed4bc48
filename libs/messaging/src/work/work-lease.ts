import type { Tx } from '@throughline/service';
import { episode, inSpan } from '@throughline/telemetry';
import { LeaseLost } from '../failures.ts';
import type { Along, Lease } from './lease.ts';
import type { LeasedRow, WorkRows } from './work-rows.ts';

/** Nobody waits longer than this for the work of a process that was killed. */
const heldSeconds = 15;
const beatMs = 5_000;

/** How long the row of a new lease is ours without a sign of life. */
export function heldFor(leaseSeconds: number): number {
  return Math.min(leaseSeconds, heldSeconds);
}

/** The lease of one row: a clock that ends work which hangs, and a beat that keeps the row while the process lives. */
export class WorkLease implements Lease<object> {
  readonly id: string;
  readonly attempt: number;
  readonly queuedAt: Date;
  readonly payload: object;
  completed = false;
  private readonly failures: number;
  private readonly controller = new AbortController();
  private readonly ended = Promise.withResolvers<never>();
  private timer: NodeJS.Timeout | undefined;
  private readonly beat: NodeJS.Timeout;

  constructor(
    readonly kind: string,
    row: LeasedRow,
    private readonly leaseSeconds: number,
    private readonly table: WorkRows,
  ) {
    this.id = row.id;
    this.attempt = row.attempt;
    this.failures = row.failures;
    this.queuedAt = row.queuedAt;
    this.payload = JSON.parse(row.payload) as object;
    this.ended.promise.catch(() => undefined);
    this.startClock();
    this.beat = setInterval(() => void this.keep(), beatMs).unref();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  async complete(tx: Tx): Promise<void> {
    if (!(await this.table.complete(tx, this.id, this.attempt))) throw this.lost();
    this.completed = true;
  }

  async renew(): Promise<void> {
    if (this.signal.aborted || !(await this.table.renew(this.id, this.attempt, heldFor(this.leaseSeconds)))) throw this.lost();
    this.startClock();
  }

  async takeAlong(tx: Tx, most: number): Promise<readonly Along<object>[]> {
    if (this.failures > 0) return [];
    return (await this.table.takeAlong(tx, this.kind, most)).map(({ payload, carrier, waitedMs }) => {
      const continuation = episode(carrier ? { traceparent: carrier } : undefined, waitedMs);
      const options = { kind: 'consumer', ...continuation, attributes: { 'work.kind': this.kind } } as const;
      return { payload: JSON.parse(payload) as object, traced: (work) => inSpan(`work ${this.kind}`, options, work) };
    });
  }

  /** The work, or a rejection with `LeaseLost` when the lease ends first: a hanging worker does not keep its slot. */
  within<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.ended.promise]);
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  stopClock(): void {
    clearTimeout(this.timer);
    clearInterval(this.beat);
  }

  /** A database that is away says nothing about the lease. */
  private async keep(): Promise<void> {
    if (this.signal.aborted) return;
    const kept = await this.table.renew(this.id, this.attempt, heldFor(this.leaseSeconds)).catch(() => true);
    if (!kept && !this.completed) this.ended.reject(this.lost());
  }

  private startClock(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ended.reject(this.lost()), this.leaseSeconds * 1000);
    this.timer.unref();
  }

  private lost(): LeaseLost {
    const error = new LeaseLost(this.kind, this.id, this.attempt);
    this.abort(error);
    return error;
  }
}
