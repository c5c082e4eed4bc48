import { StringDecoder } from 'node:string_decoder';
import { LinesRefused } from './errors.ts';

export interface LineLimits {
  /** Longest line, in UTF-16 units. */
  readonly maxLineBytes: number;
  readonly maxLines: number;
}

/** Splits a byte stream at `\n`; throws `LinesRefused` at the first line beyond a limit, without reading on. */
export async function* linesOf(source: AsyncIterable<Uint8Array>, limits: LineLimits): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let count = 0;
  for await (const chunk of source) {
    const parts = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) yield accept(line, ++count, limits);
    if (rest.length > limits.maxLineBytes) accept(rest, count + 1, limits);
  }
  rest += decoder.end();
  if (rest !== '') yield accept(rest, count + 1, limits);
}

function accept(line: string, number: number, limits: LineLimits): string {
  if (number > limits.maxLines) throw new LinesRefused(`more than ${limits.maxLines} lines`);
  if (line.length > limits.maxLineBytes) throw new LinesRefused(`line ${number} is longer than ${limits.maxLineBytes} bytes`);
  return line;
}
