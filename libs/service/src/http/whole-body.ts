import type { Readable } from 'node:stream';
import { setImmediate as afterOthers } from 'node:timers/promises';
import { Problem } from './problem.ts';

const copiedAtOnce = 512 * 1024;

/** The body of a request. A large one is joined in steps: one copy of 24 MB would hold up everybody else. Throws `Problem` 400, 413. */
export async function wholeBody(source: Readable, declared: string | undefined, limit: number): Promise<Buffer> {
  if (Number(declared) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, 'bad_request', 'the body broke off');
  }
  return joined(chunks, bytes);
}

async function joined(chunks: readonly Buffer[], bytes: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(bytes);
  let at = 0;
  let before = 0;
  for (const chunk of chunks) {
    at += chunk.copy(whole, at);
    if (at - before < copiedAtOnce) continue;
    before = at;
    await afterOthers();
  }
  return whole;
}

function tooLarge(limit: number): Problem {
  return new Problem(413, 'too_large', `the body has more than ${limit} bytes`, [], { connection: 'close' });
}
