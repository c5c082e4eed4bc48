import { parse } from 'csv-parse/sync';
import { looksLikeXml } from '../xml/xml-text.ts';

/** How the columns of a table are divided, and what they are called. */
export interface CsvHeader {
  readonly delimiter: string;
  readonly columns: readonly string[];
}

/** What divides columns; spreadsheets of half of the world write semicolons. */
const delimiters = [',', ';', '\t'] as const;
/** A header that is longer than this is none. */
export const headerBytes = 64 * 1024;
const mostColumns = 1_000;

/**
 * The header that a table (RFC 4180) begins with; undefined for what is none. One word is a table of one column as well as
 * none, so that two columns are asked for.
 */
export function csvHeaderOf(beginning: Buffer): CsvHeader | undefined {
  if (looksLikeXml(beginning) || /^(?:\xef\xbb\xbf)?\s*[[{]/.test(beginning.subarray(0, 4096).toString('latin1'))) return undefined;
  let widest: CsvHeader | undefined;
  for (const delimiter of delimiters) {
    const columns = firstRow(beginning.subarray(0, headerBytes), delimiter);
    if (columns.length > Math.max(1, widest?.columns.length ?? 0)) widest = { delimiter, columns };
  }
  return widest === undefined || widest.columns.length > mostColumns ? undefined : widest;
}

function firstRow(bytes: Buffer, delimiter: string): readonly string[] {
  try {
    const [row = []] = parse(bytes, { delimiter, to: 1, bom: true, skip_empty_lines: true, relax_column_count: true });
    return row.map((name) => name.trim());
  } catch {
    return [];
  }
}
