import { Readable } from 'node:stream';
import { CsvError, parse, type Parser } from 'csv-parse';
import { ReportRefused } from '../readers/report-refused.ts';
import { csvHeaderOf, headerBytes, type CsvHeader } from './csv-header.ts';

export interface CsvLimits {
  readonly maxBytes: number;
  readonly maxRows: number;
  /** Characters of one row. */
  readonly maxRowLength: number;
}

const MiB = 1024 * 1024;
export const csvLimits: CsvLimits = { maxBytes: 512 * MiB, maxRows: 250_000, maxRowLength: MiB };

/** A row by the names of its columns. */
export interface CsvRow {
  readonly index: number;
  /** On which line it begins. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly empty_lines: number };
}

/**
 * The rows of a CSV stream (RFC 4180) below its header, one by one. Throws `ReportRefused` beyond a limit, for what is no
 * table, and for a row that has not a cell for each column: that is how a report looks that was cut off.
 */
export async function* csvRows(
  report: AsyncIterable<Uint8Array>,
  header: (columns: readonly string[]) => void,
  limits: CsvLimits = csvLimits,
): AsyncIterable<CsvRow> {
  const chunks = bounded(report, limits)[Symbol.asyncIterator]();
  const held = await beginningOf(chunks);
  const table = csvHeaderOf(held);
  if (!table) throw new ReportRefused(held.length === 0 ? 'the report is empty' : 'the report is no table', { line: 1, column: 1 });
  header(table.columns);
  let empty = true;
  for await (const row of rowsOf(table, parserOf(again(held, chunks), table, limits), limits)) {
    empty = false;
    yield row;
  }
  // A header alone says that nothing was found, but one that does not end its line was cut off.
  if (empty && !/[\r\n]\s*$/.test(held.toString('latin1'))) throw new ReportRefused('the report breaks off in its header', { line: 1 });
}

async function* rowsOf({ columns }: CsvHeader, parser: Parser, { maxRows }: CsvLimits): AsyncIterable<CsvRow> {
  let index = -1;
  let lines = 1;
  try {
    for await (const parsed of parser) {
      const { record, info } = parsed as Parsed;
      // The parser counts a line end within quotes twice when it is written in two characters.
      const begins = lines + info.empty_lines;
      lines += 1 + lineEnds(record);
      if (index < 0 || record.length !== columns.length || isHeader(record, columns)) checkShape(record, columns, index, begins);
      if (index >= 0) yield { index, line: begins, cells: named(columns, record) };
      index += 1;
      if (index > maxRows) throw new ReportRefused(`the report has more than ${maxRows} rows`, { line: begins });
    }
  } catch (error) {
    throw error instanceof CsvError ? refusalOf(error) : error;
  } finally {
    parser.destroy();
  }
}

/** The header comes once, and each row has its cells. */
function checkShape(record: readonly string[], columns: readonly string[], index: number, line: number): void {
  if (record.length !== columns.length)
    throw new ReportRefused(`the report breaks off or is no table: a row has ${record.length} of ${columns.length} cells`, { line });
  if (index >= 0) throw new ReportRefused('the report begins anew: send one table at a time', { line });
}

function isHeader(record: readonly string[], columns: readonly string[]): boolean {
  return record.every((cell, at) => cell.trim() === columns[at]);
}

function lineEnds(record: readonly string[]): number {
  return record.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
}

/** Of columns of the same name the first counts. */
function named(columns: readonly string[], record: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(columns.map((column, at): [string, string] => [column, record[at]!]).reverse());
}

function parserOf(bytes: AsyncIterable<Uint8Array>, { delimiter }: CsvHeader, { maxRowLength }: CsvLimits): Parser {
  const parser = parse({
    ...{ delimiter, bom: true, info: true, skip_empty_lines: true },
    // Told by us, with the line.
    relax_column_count: true,
    max_record_size: maxRowLength,
  });
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  parser.on('close', () => source.destroy());
  source.pipe(parser);
  return parser;
}

/** Its message would repeat what stands in the report. */
function refusalOf(error: CsvError): ReportRefused {
  const line: unknown = error['lines'];
  const place = typeof line === 'number' ? { line } : {};
  if (error.code === 'CSV_MAX_RECORD_SIZE') return new ReportRefused('a row of the report is too long', place);
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return new ReportRefused('the report breaks off: a quote is not closed', place);
  return new ReportRefused('the report is no CSV: quotes stand where none may', place);
}

async function* bounded(report: AsyncIterable<Uint8Array>, { maxBytes }: CsvLimits): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of report) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new ReportRefused(`the report has more than ${maxBytes} bytes`);
    // Who gives it may use its memory again, and the parser reads later.
    yield Buffer.from(chunk);
  }
}

async function beginningOf(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < headerBytes) {
    const next = await chunks.next();
    if (next.done) break;
    held.push(next.value);
    bytes += next.value.byteLength;
  }
  return Buffer.concat(held);
}

async function* again(held: Buffer, chunks: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield held;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}
