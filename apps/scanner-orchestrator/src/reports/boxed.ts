import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LinesRefused } from '@throughline/blobs';
import { ReportRefused } from '@throughline/findings';
import type { BoxProcess } from '../runner/sandbox/box-process.ts';
import { ScanRefused } from '../runner/scan-refused.ts';

/** What a reading process is given. */
export interface BoxInput {
  /** As a refusal calls it: `the report`. */
  readonly what: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

/** Feeds a reading process, and takes what it says. Throws `ReportRefused` for what it refuses and where it meets a limit. */
export async function boxed<T>(box: BoxProcess, { what, content, signal }: BoxInput, take: () => Promise<T>): Promise<T> {
  // Where it breaks, the ending of the process tells why.
  void pipeline(Readable.from(content), box.input).catch(() => undefined);
  try {
    return await take();
  } catch (error) {
    if (signal?.aborted) throw error;
    const limit = box.why ?? (error instanceof ScanRefused || error instanceof LinesRefused ? error.message : undefined);
    throw limit === undefined ? error : new ReportRefused(`${what} cannot be read: ${limit}`);
  }
}
