/**
 * A bound on how often something is done that does more at a time when it is done less often. What comes now and then is done at
 * once, as often as `burst`; then so many times a second.
 */
export class Pace {
  private left: number;
  private at: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.left = burst;
    this.at = now();
  }

  /** Takes a turn; answers how many milliseconds it has to wait for it. */
  take(): number {
    const now = this.now();
    this.left = Math.min(this.burst, this.left + ((now - this.at) * this.perSecond) / 1000) - 1;
    this.at = now;
    return this.left >= 0 ? 0 : (-this.left * 1000) / this.perSecond;
  }
}
