import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Problem } from '@throughline/service';

const mostBytes = 1024 * 1024 * 1024;

/** Longest line of a file that somebody sends. */
export const longestLine = 8 * 1024 * 1024;

/** The bytes of a body, unpacked when they are gzip. */
export function unpacked(body: Buffer): AsyncIterable<Buffer> {
  if (!isGzip(body)) return Readable.from([body]);
  const gunzip = createGunzip();
  gunzip.end(body);
  return gunzip;
}

/** Whether a file that begins so is packed with gzip (RFC 1952 section 2.3.1). */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The lines of a file, read as a stream; throws `Problem` 413 for what is too large and 422 for what cannot be unpacked. */
export async function* linesOf(source: AsyncIterable<Buffer>, most: number = mostBytes): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  let total = 0;
  for await (const chunk of checked(source)) {
    total += chunk.length;
    if (total > most) {
      throw new Problem(413, 'too_large', `the file is larger than ${most / 2 ** 30} GiB when it is unpacked: send it in parts`);
    }
    let from = 0;
    for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, end)]);
      rest = [];
      from = end + 1;
    }
    rest.push(chunk.subarray(from));
    if (sizeOf(rest) > longestLine)
      throw new Problem(413, 'too_large', `a line of the file is larger than ${longestLine / 1024 / 1024} MiB`);
  }
  yield Buffer.concat(rest);
}

export function sizeOf(chunks: readonly Buffer[]): number {
  let size = 0;
  for (const chunk of chunks) size += chunk.length;
  return size;
}

async function* checked(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  try {
    yield* source;
  } catch (error) {
    throw new Problem(422, 'unprocessable', `the body cannot be unpacked: ${(error as Error).message}`);
  }
}
