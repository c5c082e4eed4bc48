import type { OpenReport } from '@throughline/findings';

/** Standard input that holds the same bytes several times, one after the other: each opening reads the next copy. */
export function repeated(input: AsyncIterable<Uint8Array>, bytes: number): OpenReport {
  const chunks = input[Symbol.asyncIterator]();
  let left: Uint8Array = new Uint8Array();
  return async function* () {
    let missing = bytes;
    while (missing > 0) {
      if (left.byteLength === 0) {
        const next = await chunks.next();
        if (next.done) return;
        left = next.value;
      }
      const part = left.subarray(0, missing);
      left = left.subarray(part.byteLength);
      missing -= part.byteLength;
      yield part;
    }
  };
}
