import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Problem } from '@throughline/service';
import { isGzip, longestLine } from '../body-lines.ts';
import { osvLines, parsedRecord, type OsvLine } from '../osv-lines.ts';
import { zipEntries } from './zip.ts';

const mostRecords = 4_000_000;
const largestFile = 16 * 1024 * 1024 * 1024;

/** A record of a feed's file; `about` is its id as far as it is known although the record cannot be read. */
export interface FeedRecord extends OsvLine {
  readonly about?: string;
}

/** The OSV records of a file: a zip with one file per record, NDJSON or one document, plain or gzip. Throws `Problem`. */
export async function* feedRecords(path: string): AsyncIterable<FeedRecord> {
  const file = await open(path, 'r');
  try {
    const head = await headOf(file);
    yield* head.toString('latin1', 0, 2) === 'PK' ? zipRecords(file) : osvLines(bytesOf(file, head), largestFile);
  } finally {
    await file.close();
  }
}

/** The bytes of a file, unpacked when they are gzip; throws `Problem` 413 for more than `most`. */
export async function wholeFile(path: string, most: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const head = await headOf(file);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of bytesOf(file, head)) {
      bytes += chunk.length;
      if (bytes > most) throw new Problem(413, 'too_large', `the file has more than ${most / 1024 / 1024} MiB`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

async function* zipRecords(file: FileHandle): AsyncIterable<FeedRecord> {
  let number = 0;
  for await (const entry of zipEntries(file)) {
    if (!entry.name.endsWith('.json')) continue;
    number += 1;
    if (number > mostRecords) throw new Problem(413, 'too_large', `the archive has more than ${mostRecords} records`);
    const about = entry.name.slice(entry.name.lastIndexOf('/') + 1, -'.json'.length);
    try {
      const raw = await entry.read(longestLine);
      yield { number, raw, value: parsedRecord(raw, number), about };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      yield { number, raw: Buffer.alloc(0), value: error, about };
    }
  }
}

async function headOf(file: FileHandle): Promise<Buffer> {
  return (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer;
}

function bytesOf(file: FileHandle, head: Buffer): AsyncIterable<Buffer> {
  const stream = file.createReadStream({ start: 0, autoClose: false });
  if (!isGzip(head)) return stream as AsyncIterable<Buffer>;
  const gunzip = createGunzip();
  stream.on('error', (error) => gunzip.destroy(error));
  return stream.pipe(gunzip);
}
