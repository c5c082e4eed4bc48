import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { headBytes, ReportRefused } from '@throughline/findings';
import { Refused } from './exit.ts';

/** A report on disk, plain or gzip; opened as often as its reader needs. */
export interface ReportFile {
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly head: Buffer;
  /** The head is all of it. */
  readonly whole: boolean;
}

/** Reads the beginning of a report; throws `Refused` for a file that cannot be read. */
export async function openReport(path: string): Promise<ReportFile> {
  try {
    const packed = await isGzip(path);
    const content = (): AsyncIterable<Uint8Array> => (packed ? createReadStream(path).pipe(createGunzip()) : createReadStream(path));
    const head = await beginning(content());
    return { open: content, head: head.subarray(0, headBytes), whole: head.length <= headBytes };
  } catch (error) {
    throw new Refused('usage', `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** What was wrong with a report, and where. */
export function tellRefusal({ message, place: { pointer, line, column } }: ReportRefused): string {
  const places = [pointer ? `at ${pointer}` : '', line === undefined ? '' : `line ${line}, column ${column ?? 1}`].filter(Boolean);
  return places.length === 0 ? message : `${message} (${places.join(', ')})`;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function beginning(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > headBytes) break;
  }
  return Buffer.concat(chunks);
}
