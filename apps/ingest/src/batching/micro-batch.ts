/** How much goes into one flush, and how much may wait for one. */
export interface MicroBatchLimits {
  readonly items: number;
  readonly bytes: number;
  /** Longest wait for company while another flush is under way. */
  readonly waitMs: number;
  /** Bytes that may wait or be under way; more are refused at once. */
  readonly waitingBytes: number;
}

/** More is waiting than may wait. */
export class MicroBatchFull extends Error {
  readonly code = 'micro_batch_full';
}

interface Entry<I, O> {
  readonly item: I;
  readonly bytes: number;
  readonly resolve: (result: O) => void;
  readonly reject: (error: unknown) => void;
}

const mostFlushes = 2;

/**
 * Joins what arrives together into one call of `run`, which answers in the order of its items. A batch that fails is
 * repeated item by item, so that one alone fails; when `isAway(error)` nothing would go better and all fail.
 */
export class MicroBatch<I, O> {
  private waiting: Entry<I, O>[] = [];
  private waitingBytes = 0;
  private flushes = 0;
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

  constructor(
    private readonly run: (items: readonly I[]) => Promise<readonly O[]>,
    private readonly isAway: (error: unknown) => boolean,
    private readonly limits: MicroBatchLimits,
  ) {}

  /** Throws `MicroBatchFull`, what `run` threw for this item alone, or what it threw because the other side is away. */
  add(item: I, bytes: number): Promise<O> {
    if (this.waitingBytes + bytes > this.limits.waitingBytes) {
      return Promise.reject(new MicroBatchFull(`${this.waitingBytes} bytes are waiting: try again shortly`));
    }
    this.waitingBytes += bytes;
    const settled = new Promise<O>((resolve, reject) => {
      this.waiting.push({ item, bytes, resolve, reject });
      this.schedule();
    });
    return settled.finally(() => (this.waitingBytes -= bytes));
  }

  private schedule(): void {
    if (this.timer || this.waiting.length === 0 || this.flushes >= mostFlushes) return;
    const flush = (): void => {
      this.timer = undefined;
      void this.flush(this.take());
    };
    // Alone, it goes at once with what arrived in the same turn; beside another flush it waits for company.
    const full = this.waiting.length >= this.limits.items;
    this.timer = this.flushes === 0 || full ? setImmediate(flush) : setTimeout(flush, this.limits.waitMs);
  }

  private take(): Entry<I, O>[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.waiting) {
      bytes += entry.bytes;
      if (count > 0 && (count >= this.limits.items || bytes > this.limits.bytes)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async flush(batch: readonly Entry<I, O>[]): Promise<void> {
    this.flushes += 1;
    this.schedule();
    try {
      await this.settle(batch);
    } finally {
      this.flushes -= 1;
      this.schedule();
    }
  }

  private async settle(batch: readonly Entry<I, O>[]): Promise<void> {
    try {
      const results = await this.run(batch.map(({ item }) => item));
      for (const [index, entry] of batch.entries()) entry.resolve(results[index]!);
    } catch (error) {
      if (batch.length === 1 || this.isAway(error)) for (const entry of batch) entry.reject(error);
      else for (const entry of batch) await this.settle([entry]);
    }
  }
}
