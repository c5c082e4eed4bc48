const sweepEvery = 1_000;

/** Remembers ids until they expire, so that each is used once. */
export class SingleUse {
  private readonly seen = new Map<string, number>();
  private sinceSweep = 0;

  /** True the first time; `expires` in seconds since 1970. */
  first(id: string, expires: number): boolean {
    if (this.seen.has(id)) return false;
    this.seen.set(id, expires);
    this.sinceSweep += 1;
    if (this.sinceSweep >= sweepEvery) this.sweep(Date.now() / 1000);
    return true;
  }

  private sweep(now: number): void {
    this.sinceSweep = 0;
    // A little longer than it is valid, for clocks that differ.
    for (const [id, expires] of this.seen) if (expires + 10 < now) this.seen.delete(id);
  }
}
