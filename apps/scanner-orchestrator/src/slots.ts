/** Numbers that are in use once at a time: two boxes never share a user id. */
export class Slots {
  private readonly used = new Set<number>();
  private readonly waiting: ((slot: number) => void)[] = [];

  /** `most`: how many are in use at a time; whoever comes then waits for the next one that is free, in turn. */
  constructor(private readonly most = Infinity) {}

  async hold<T>(work: (slot: number) => Promise<T>): Promise<T> {
    const slot = await this.take();
    try {
      return await work(slot);
    } finally {
      this.free(slot);
    }
  }

  private take(): number | Promise<number> {
    if (this.used.size >= this.most) return new Promise((resolve) => this.waiting.push(resolve));
    let slot = 0;
    while (this.used.has(slot)) slot += 1;
    this.used.add(slot);
    return slot;
  }

  /** Handed on rather than given back: nobody who comes between takes the place of one who waited. */
  private free(slot: number): void {
    const next = this.waiting.shift();
    if (next) next(slot);
    else this.used.delete(slot);
  }
}
