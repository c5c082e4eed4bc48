import { Readable } from 'node:stream';
import { Problem } from '@throughline/service';

/** A request's body on its way to a service: whole, when it is small enough to be signed; else as it comes. */
export interface PassingBody {
  /** Undefined when it is streamed. */
  readonly whole: Buffer | undefined;
  readonly stream: Readable | undefined;
  /** As the caller said, or as counted. */
  readonly length: number;
}

/** Bodies up to this size are held and bound to the signed identity by their digest. */
const heldBytes = 1024 * 1024;
/** No service takes more, unless it says so. */
const greatestBytes = 25 * 1024 * 1024;

/** Reads a body up to 1 MiB; what is larger is passed on as a stream that breaks off above the limit. Throws `Problem` 413. */
export async function passingBody(
  source: Readable | undefined,
  declared: string | undefined,
  greatest: number = greatestBytes,
): Promise<PassingBody> {
  const length = Number(declared ?? Number.NaN);
  if (length > greatest) throw tooLarge(greatest);
  if (!source) return { whole: undefined, stream: undefined, length: 0 };
  const chunks: Buffer[] = [];
  let held = 0;
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    chunks.push(next.value);
    held += next.value.length;
    if (held > heldBytes)
      return {
        whole: undefined,
        stream: Readable.from(rest(chunks, { held, greatest }, iterator), { objectMode: false }),
        length: length || 0,
      };
  }
  return { whole: Buffer.concat(chunks), stream: undefined, length: held };
}

async function* rest(
  chunks: Buffer[],
  { held, greatest }: { readonly held: number; readonly greatest: number },
  iterator: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  for (const chunk of chunks.splice(0)) yield chunk;
  let bytes = held;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    bytes += next.value.length;
    if (bytes > greatest) throw tooLarge(greatest);
    yield next.value;
  }
}

function tooLarge(greatest: number): Problem {
  return new Problem(413, 'too_large', `the body has more than ${greatest} bytes`);
}
