/** Numbers that are in use once at a time: two boxes never share a user id. */
export class Slots {
  private readonly used = new Set<number>();

  async hold<T>(work: (slot: number) => Promise<T>): Promise<T> {
    let slot = 0;
    while (this.used.has(slot)) slot += 1;
    this.used.add(slot);
    try {
      return await work(slot);
    } finally {
      this.used.delete(slot);
    }
  }
}
