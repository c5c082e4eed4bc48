import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { headBytes, ReportRefused, type ReportReader } from '@throughline/findings';
import { Problem } from '@throughline/service';

/** Up to this size a report is read before the answer; a larger one waits on disk. */
const heldBytes = 1024 * 1024;
/** Gzip reaches 1000; real reports stay below 100. */
const greatestRatio = 200;
const ratioFrom = 16 * 1024 * 1024;

/** What is known of every format that is taken in. */
export type UploadFormat = Pick<ReportReader, 'name' | 'finds'>;

/** Whose an upload is, by its beginning. Throws `ReportRefused`. */
export interface RecognisedUpload<F extends UploadFormat> {
  readonly reader: F;
  readonly tool?: string;
}

/** The body of an upload, unpacked: recognised by its beginning, the rest not read yet when it is large. */
export interface UploadBody<F extends UploadFormat = UploadFormat> {
  readonly recognised: RecognisedUpload<F>;
  /** All of it, when it is small. */
  readonly whole: Buffer | undefined;
  /** All of it as a stream; digest and length are known at its end. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly measured: () => { readonly digest: string; readonly bytes: number };
}

/** Opens an upload. Throws `Problem` 413 beyond a limit and 422 for what is not of the format. */
export async function openUpload<F extends UploadFormat>(
  source: AsyncIterable<Uint8Array>,
  { recognise, mostBytes }: { readonly recognise: (head: Buffer, whole: boolean) => RecognisedUpload<F>; readonly mostBytes: number },
): Promise<UploadBody<F>> {
  const meter = new Meter(mostBytes);
  const content: AsyncGenerator<Uint8Array, void> = meter.measure(unpacked(meter.packed(source)));
  const held: Buffer[] = [];
  let length = 0;
  let ended = false;
  while (length <= heldBytes && !ended) {
    const next = await content.next();
    if (next.done) ended = true;
    else length += held[held.push(Buffer.from(next.value)) - 1]!.length;
  }
  const beginning = Buffer.concat(held);
  try {
    const recognised = recognise(beginning.subarray(0, headBytes), ended && length <= headBytes);
    return { recognised, whole: ended ? beginning : undefined, bytes: rest(held, content), measured: () => meter.result };
  } catch (error) {
    await content.return();
    throw error instanceof ReportRefused ? unprocessable(error) : error;
  }
}

/** What is wrong with a report, and where, as an answer. */
export function unprocessable({ message, place }: ReportRefused): Problem {
  const { pointer = '', line, column } = place;
  const detail = line === undefined ? message : `${message}, line ${line}, column ${column ?? 1}`;
  return new Problem(422, 'unprocessable', `the report is refused: ${detail}`.slice(0, 500), [{ pointer, detail: detail.slice(0, 500) }]);
}

/** Counts and hashes what passes, and breaks off what is too much. */
class Meter {
  private came = 0;
  private bytes = 0;
  private readonly hash = createHash('sha256');

  constructor(private readonly mostBytes: number) {}

  get result(): { readonly digest: string; readonly bytes: number } {
    return { digest: `sha256:${this.hash.copy().digest('hex')}`, bytes: this.bytes };
  }

  async *packed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of source) {
      this.came += chunk.byteLength;
      yield chunk;
    }
  }

  async *measure(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of source) {
        this.bytes += chunk.byteLength;
        if (this.bytes > this.mostBytes)
          throw new Problem(413, 'too_large', `the report has more than ${this.mostBytes} bytes when it is unpacked`);
        if (this.bytes > ratioFrom && this.bytes > this.came * greatestRatio)
          throw new Problem(413, 'too_large', `the report unpacks to more than ${greatestRatio} times its size`);
        this.hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof Problem || !(error as { code?: string }).code?.startsWith('Z_')) throw error;
      throw new Problem(422, 'unprocessable', `the body cannot be unpacked: ${(error as Error).message}`, [
        { pointer: '', detail: 'it begins like gzip and is none, or it breaks off' },
      ]);
    }
  }
}

async function* unpacked(source: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  const first = await source.next();
  if (first.done) return;
  const whole = again(first.value, source);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* whole;
  // An error of the source ends the unpacking, which is where it is seen.
  yield* pipeline(Readable.from(whole, { objectMode: false }), createGunzip(), () => undefined);
}

async function* again(first: Uint8Array, others: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  yield first;
  yield* others;
}

async function* rest(held: Buffer[], content: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  for (const chunk of held) yield chunk;
  for (let next = await content.next(); !next.done; next = await content.next()) yield next.value;
}
