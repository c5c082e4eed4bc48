import { selectionOf } from '../json/selection.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { xmlLimits, XmlScanner, type XmlItem, type XmlLimits } from './xml-scanner.ts';
import { XmlText } from './xml-text.ts';

/** Paths of elements that selectors lead through or to. */
export type SeenElements = Set<string>;

/**
 * The elements of an XML stream that the selectors (`/report/site/alert`, or `/report/site/@` for its attributes as it begins)
 * match, one by one and in their order. Throws `ReportRefused` beyond a limit and for what is no XML.
 */
export async function* xmlItems(
  report: AsyncIterable<Uint8Array>,
  selectors: readonly string[],
  { seen, limits = xmlLimits }: { seen?: SeenElements; limits?: XmlLimits } = {},
): AsyncIterable<XmlItem> {
  const found: XmlItem[] = [];
  const scanner = new XmlScanner(
    selectionOf(selectors, '/'),
    (item) => void found.push(item),
    limits,
    (pattern) => void seen?.add(pattern),
  );
  const text = new XmlText();
  let bytes = 0;
  for await (const chunk of report) {
    bytes += chunk.byteLength;
    if (bytes > limits.maxBytes) throw new ReportRefused(`the report has more than ${limits.maxBytes} bytes`);
    scanner.write(text.write(chunk));
    yield* found.splice(0);
  }
  scanner.write(text.end());
  scanner.end();
  yield* found;
}
