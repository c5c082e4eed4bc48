import { csvHeaderOf } from '../csv/csv-header.ts';
import { looksLikeXml } from '../xml/xml-text.ts';
import type { OpenReport, ReadLine } from './reader.ts';

const enough = 4096;

type Read = (open: OpenReport) => AsyncIterable<ReadLine>;

/** Reads a report of a format that comes as XML and as JSON. */
export async function* inSyntax(
  report: OpenReport,
  { xml: readXml, json: readJson }: { readonly xml: Read; readonly json: Read },
): AsyncIterable<ReadLine> {
  const { xml, open } = await syntaxOf(report);
  yield* (xml ? readXml : readJson)(open);
}

/**
 * Looks at the beginning of a report that may be XML, JSON or a table. The first opening that is given back goes on with what was
 * looked at: a report can be opened only as often as its reader has passes, and each time it is read to its end.
 */
export async function syntaxOf(open: OpenReport): Promise<{ readonly xml: boolean; readonly table: boolean; readonly open: OpenReport }> {
  const first = open()[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let beginning = Buffer.alloc(0);
  while (beginning.length < enough) {
    const next = await first.next();
    if (next.done) break;
    held.push(Uint8Array.from(next.value));
    beginning = Buffer.concat([beginning, next.value]);
  }
  let opened = false;
  const again = async function* (): AsyncIterable<Uint8Array> {
    yield* held.splice(0);
    for (let next = await first.next(); !next.done; next = await first.next()) yield next.value;
  };
  return {
    xml: looksLikeXml(beginning),
    table: csvHeaderOf(beginning) !== undefined,
    open: () => {
      if (opened) return open();
      opened = true;
      return again();
    },
  };
}
