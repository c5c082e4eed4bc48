import { JsonBytes } from './json-bytes.ts';
import { JsonScanner, jsonLimits, type JsonItem, type JsonKind, type JsonLimits } from './json-scanner.ts';
import { selectionOf } from './selection.ts';

/** What lies at the paths that selectors lead through or to. */
export type Seen = Map<string, JsonKind>;

/**
 * The values of a JSON stream that the selectors (`$.runs.*.results.*`) match, one by one and in their order. Throws
 * `ReportRefused` beyond a limit and for what is no JSON.
 */
export async function* jsonItems(
  report: AsyncIterable<Uint8Array>,
  selectors: readonly string[],
  { seen, limits = jsonLimits }: { seen?: Seen; limits?: JsonLimits } = {},
): AsyncIterable<JsonItem> {
  const found: JsonItem[] = [];
  const scanner = new JsonScanner(
    selectionOf(selectors),
    (item) => void found.push(item),
    limits,
    (pattern, kind) => {
      seen?.set(pattern, kind);
    },
  );
  const bytes = new JsonBytes();
  for await (const chunk of report) {
    scanner.write(bytes.write(chunk));
    yield* found.splice(0);
  }
  scanner.write(bytes.end());
  scanner.end();
  yield* found;
}
