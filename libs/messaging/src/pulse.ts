/** Lets a loop sleep until it is woken or a time is over; a wake-up during its work is not forgotten. */
export class Pulse {
  private pending = false;
  private wakeSleeper: (() => void) | undefined;

  wake(): void {
    this.pending = true;
    this.wakeSleeper?.();
  }

  /** Resolves at the next wake-up, or after `ms`; tells whether it was woken. */
  async wait(ms: number): Promise<boolean> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wakeSleeper = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.wakeSleeper = undefined;
    const woken = this.pending;
    this.pending = false;
    return woken;
  }
}
