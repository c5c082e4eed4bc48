import type { Log } from '@throughline/service';

const tellEveryMs = 60_000;

/** Tells of a failure that repeats: the first at once, one a minute afterwards, and when it is over. */
export class Outage {
  private failures = 0;
  private since = 0;
  private toldAt = 0;

  constructor(
    private readonly log: Log,
    /** What is not possible meanwhile and what is done about it, as a log line. */
    private readonly what: string,
  ) {}

  /** How often in a row it has failed by now. */
  failed(error: unknown): number {
    this.failures += 1;
    const now = Date.now();
    if (this.failures === 1) this.since = now;
    if (this.failures > 1 && now - this.toldAt < tellEveryMs) return this.failures;
    this.toldAt = now;
    this.log.warn({ error, failures: this.failures }, this.what);
    return this.failures;
  }

  over(): void {
    if (this.failures > 1) this.log.info({ failures: this.failures, forMs: Date.now() - this.since }, `over: ${this.what}`);
    this.failures = 0;
  }
}
