import { LayerRefused } from './layer-refused.ts';

/** Takes bytes off a stream in pieces of a wanted length. */
export class ByteQueue {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private held: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; undefined when the stream has ended before the first. Throws where it ends between. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.next(missing);
      if (!part) {
        if (missing === length) return undefined;
        throw new LayerRefused('the layer breaks off');
      }
      parts.push(part);
      missing -= part.byteLength;
    }
    return Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let missing = length; missing > 0;) {
      const part = await this.next(missing);
      if (!part) throw new LayerRefused('the layer breaks off');
      missing -= part.byteLength;
    }
  }

  /** Ends the stream, whatever is left of it. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async next(most: number): Promise<Uint8Array | undefined> {
    while (this.held.byteLength === 0) {
      const next = await this.chunks.next();
      if (next.done) return undefined;
      this.held = next.value;
    }
    const part = this.held.subarray(0, most);
    this.held = this.held.subarray(part.byteLength);
    return part;
  }
}
