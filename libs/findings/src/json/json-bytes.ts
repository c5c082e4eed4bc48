import { TextDecoder } from 'node:util';
import { ReportRefused } from '../readers/report-refused.ts';

/**
 * Turns JSON that begins with the mark of UTF-16, as some shells of Windows write it, into UTF-8, in pieces; all else stays
 * as it is. Throws `ReportRefused` for what is not written so.
 */
export class JsonBytes {
  private first: Buffer | undefined = Buffer.alloc(0);
  private decoder: TextDecoder | undefined;

  write(chunk: Uint8Array): Buffer {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (!this.first) return this.decode(bytes, true);
    this.first = Buffer.concat([this.first, bytes]);
    return this.first.length < 2 ? Buffer.alloc(0) : this.begin();
  }

  /** What is left; `whole` says that the document ends here, and not in the middle of a character. */
  end(whole = true): Buffer {
    const rest = this.first ? this.begin() : Buffer.alloc(0);
    return whole && this.decoder ? Buffer.concat([rest, this.decode(Buffer.alloc(0), false)]) : rest;
  }

  private begin(): Buffer {
    const first = this.first!;
    this.first = undefined;
    const encoding = utf16Of(first);
    if (encoding !== undefined) this.decoder = new TextDecoder(encoding, { fatal: true });
    return this.decode(first, true);
  }

  private decode(bytes: Buffer, stream: boolean): Buffer {
    if (!this.decoder) return bytes;
    try {
      return Buffer.from(this.decoder.decode(bytes, { stream }));
    } catch {
      throw new ReportRefused(`the report is not written in ${this.decoder.encoding}`);
    }
  }
}

/** The encoding that the first two bytes name, if it is UTF-16. */
export function utf16Of(first: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : undefined;
}
