/** Input that holds several things one behind the other, of known lengths. */
export class Portions {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private left: Uint8Array = new Uint8Array();

  constructor(input: AsyncIterable<Uint8Array>) {
    this.chunks = input[Symbol.asyncIterator]();
  }

  /** Gives the next one to the work, which may leave off before its end: the one after it begins where it begins. */
  async take<T>(bytes: number, work: (portion: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
    const state = { missing: bytes };
    let over: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (over = resolve));
    const result = await work(this.read(state, over));
    // Whoever unpacks may be told of the end while it still waits for more.
    await closed;
    for await (const part of this.read(state, over)) void part;
    return result;
  }

  private async *read(state: { missing: number }, over: () => void): AsyncGenerator<Uint8Array> {
    try {
      while (state.missing > 0) {
        if (this.left.byteLength === 0) {
          const next = await this.chunks.next();
          if (next.done) return;
          this.left = next.value;
        }
        const part = this.left.subarray(0, state.missing);
        this.left = this.left.subarray(part.byteLength);
        state.missing -= part.byteLength;
        yield part;
      }
    } finally {
      over();
    }
  }
}
