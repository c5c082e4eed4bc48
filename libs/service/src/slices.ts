import { setImmediate as afterOthers } from 'node:timers/promises';

/** Hashing, sealing or copying this much takes a few milliseconds at most. */
const sliceBytes = 512 * 1024;

/** The slices of a large body one after the other; whatever else waits for the thread has its turn between two of them. */
export async function* slicesOf(body: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += sliceBytes) {
    if (at > 0) await afterOthers();
    yield body.subarray(at, at + sliceBytes);
  }
}
