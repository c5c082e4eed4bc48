import { JSONParser } from '@streamparser/json';
import { ReportRefused } from '../scanners/scanner.ts';

/** A value that one of the selectors matched, with its key or index. */
export interface JsonItem {
  readonly key: string | number | undefined;
  readonly value: unknown;
}

interface Limits {
  readonly maxBytes: number;
  readonly maxItems: number;
  readonly maxDepth: number;
}

export const reportLimits: Limits = { maxBytes: 256 * 1024 * 1024, maxItems: 200_000, maxDepth: 64 };

const opening = new Set([0, 2]);
const closing = new Set([1, 3]);

/** Reads the selected values of a JSON stream one by one; throws `ReportRefused` beyond a limit and for what is no JSON. */
export async function* jsonItems(
  report: AsyncIterable<Uint8Array>,
  selectors: readonly string[],
  limits: Limits = reportLimits,
): AsyncIterable<JsonItem> {
  const found: JsonItem[] = [];
  const parser = new JSONParser({ paths: [...selectors], keepStack: false });
  let depth = 0;
  let items = 0;
  parser.onToken = ({ token }) => {
    if (opening.has(token) && ++depth > limits.maxDepth) throw new ReportRefused(`the report is nested deeper than ${limits.maxDepth}`);
    if (closing.has(token)) depth -= 1;
  };
  parser.onValue = ({ key, value }) => {
    if (++items > limits.maxItems) throw new ReportRefused(`the report has more than ${limits.maxItems} items`);
    found.push({ key, value });
  };
  let bytes = 0;
  for await (const chunk of report) {
    bytes += chunk.byteLength;
    if (bytes > limits.maxBytes) throw new ReportRefused(`the report has more than ${limits.maxBytes} bytes`);
    feed(parser, chunk);
    yield* found.splice(0);
  }
  if (!parser.isEnded) throw new ReportRefused('the report ends in the middle');
}

function feed(parser: JSONParser, chunk: Uint8Array): void {
  if (parser.isEnded) {
    if (Buffer.from(chunk).toString('latin1').trim() === '') return;
    throw new ReportRefused('the report goes on after its end');
  }
  try {
    parser.write(trimmedIfLast(chunk));
  } catch (error) {
    if (error instanceof ReportRefused) throw error;
    throw new ReportRefused('the report is not JSON');
  }
}

/** The parser takes a line end after the document for a second document. */
function trimmedIfLast(chunk: Uint8Array): Uint8Array {
  let end = chunk.byteLength;
  while (end > 0 && (chunk[end - 1] === 0x0a || chunk[end - 1] === 0x0d)) end -= 1;
  return chunk.subarray(0, end);
}

/** The value as an object whose fields are still unknown; undefined when it is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** A text of at most `max` characters; undefined for anything else. */
export function textOf(value: unknown, max = 2000): string | undefined {
  return typeof value === 'string' ? value.slice(0, max) : undefined;
}

/** A whole number ≥ `min`; undefined for anything else. */
export function countOf(value: unknown, min = 1): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= min ? (value as number) : undefined;
}
