import type { Tx } from '@throughline/service';
import { LeaseLost } from '../failures.ts';
import type { Lease } from './lease.ts';
import type { LeasedRow, WorkRows } from './work-rows.ts';

/** The lease of one row, with its clock. */
export class WorkLease implements Lease<object> {
  readonly id: string;
  readonly attempt: number;
  readonly queuedAt: Date;
  readonly payload: object;
  completed = false;
  private readonly controller = new AbortController();
  private readonly ended = Promise.withResolvers<never>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly kind: string,
    row: LeasedRow,
    private readonly leaseSeconds: number,
    private readonly table: WorkRows,
  ) {
    this.id = row.id;
    this.attempt = row.attempt;
    this.queuedAt = row.queuedAt;
    this.payload = JSON.parse(row.payload) as object;
    this.ended.promise.catch(() => undefined);
    this.startClock();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  async complete(tx: Tx): Promise<void> {
    if (!(await this.table.complete(tx, this.id, this.attempt))) throw this.lost();
    this.completed = true;
  }

  async renew(): Promise<void> {
    if (this.signal.aborted || !(await this.table.renew(this.id, this.attempt, this.leaseSeconds))) throw this.lost();
    this.startClock();
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
