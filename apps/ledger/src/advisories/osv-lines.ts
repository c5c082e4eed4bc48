import { parseJson, Problem } from '@throughline/service';
import { linesOf, longestLine, sizeOf } from './body-lines.ts';

/** One record of an advisory file; the value is a `Problem` when the record cannot be parsed. */
export interface OsvLine {
  readonly number: number;
  readonly raw: Buffer;
  readonly value: unknown;
}

const deepest = 32;

/** The records of a file: one JSON document or NDJSON. Throws `Problem` 413, also for more than `most` bytes, and 422. */
export async function* osvLines(body: AsyncIterable<Buffer>, most?: number): AsyncIterable<OsvLine> {
  let number = 0;
  let document: Buffer[] | undefined;
  for await (const line of linesOf(body, most)) {
    if (document) {
      document.push(line, Buffer.from('\n'));
      if (sizeOf(document) > longestLine) throw new Problem(413, 'too_large', 'the document is too large: send the records as NDJSON');
      continue;
    }
    if (line.toString('latin1').trim() === '') continue;
    number += 1;
    const value = parsedRecord(line, number);
    // A first line that is no whole document opens one that is spread over lines.
    if (number === 1 && value instanceof Problem) document = [line, Buffer.from('\n')];
    else yield { number, raw: line, value };
  }
  if (document) {
    const raw = Buffer.concat(document);
    yield { number: 1, raw, value: parsedRecord(raw, 1) };
  }
}

/** The value of a record, or the `Problem` that it has. */
export function parsedRecord(line: Buffer, number: number): unknown {
  try {
    return parseJson(line, deepest);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return new Problem(422, error.code, `record ${number}: ${error.detail}`);
  }
}
