import { Head, headBytes } from './head.ts';
import { marksOf } from './marks.ts';
import type { ReportReader } from './reader.ts';
import { reportReaders } from './registry.ts';
import { ReportRefused } from './report-refused.ts';

/** Which reader takes a report, and what its beginning says about who made it. */
export interface Recognised {
  readonly reader: ReportReader;
  /** As the report names it. */
  readonly tool?: string;
}

const names = reportReaders.map(({ name }) => name);
const marks = marksOf(reportReaders);

/** Words of `format=`: `auto`, and the names of all readers that are built in. */
export const reportFormats: readonly string[] = ['auto', ...names];

/**
 * The reader for a report of which the first 64 KiB are given; `whole` says that there is no more. Throws `ReportRefused`
 * when the beginning is not of the format that the sender named, or not of exactly one that we know. `own` are readers of this
 * installation: they are asked apart, and only for what nothing that is built in takes, so that none of them can take that away.
 */
export function recogniseReport(head: Buffer, whole: boolean, format = 'auto', own: readonly ReportReader[] = []): Recognised {
  const bytes = head.subarray(0, headBytes);
  const all = whole && head.length <= headBytes;
  const builtIn = look(bytes, all, reportReaders, marks);
  const { reader, beginning } = ownOf(bytes, all, format, own, builtIn) ?? chosen(format, builtIn, own);
  // Said with the place, as for what is no JSON.
  if (reader.many !== true && beginning.documents > 1) new Head(bytes, all, [], false);
  const tool = reader.toolOf?.(beginning);
  return { reader, ...(tool !== undefined && { tool }) };
}

interface Look {
  readonly beginning: Head;
  /** Who recognises it. */
  readonly known: readonly ReportReader[];
}

interface Chosen {
  readonly reader: ReportReader;
  readonly beginning: Head;
}

function look(bytes: Buffer, whole: boolean, readers: readonly ReportReader[], wanted: readonly string[]): Look {
  const beginning = new Head(bytes, whole, wanted);
  const known = readers.filter((reader) => (reader.many === true || beginning.documents <= 1) && reader.recognises(beginning));
  return { beginning, known };
}

/** One of the own readers: the one that is named, or the only one that knows what nobody else does. */
function ownOf(bytes: Buffer, whole: boolean, format: string, own: readonly ReportReader[], builtIn: Look): Chosen | undefined {
  const asked = own.filter(({ name }) => format === 'auto' || name === format);
  if (asked.length === 0 || (format === 'auto' && builtIn.known.length > 0)) return undefined;
  const { beginning, known } = look(bytes, whole, asked, marksOf(asked));
  if (format !== 'auto') return { reader: believed(asked[0]!, known, builtIn.known, beginning), beginning };
  return known.length === 0 ? undefined : { reader: theOnly(known)!, beginning };
}

function chosen(format: string, { known, beginning }: Look, own: readonly ReportReader[]): Chosen {
  return { reader: format === 'auto' ? only(known, beginning, own) : named(format, known, beginning, own), beginning };
}

function theOnly(known: readonly ReportReader[]): ReportReader | undefined {
  if (known.length > 1) throw refused(`the report may be ${known.map(({ name }) => name).join(' or ')}: name the format`);
  return known[0];
}

function only(known: readonly ReportReader[], head: Head, own: readonly ReportReader[]): ReportReader {
  const first = theOnly(known);
  if (first) return first;
  if (reportReaders.some((reader) => head.whole && reader.nothing?.(head)))
    throw refused('the report holds nothing that says which tool made it: name the format');
  throw refused(`the report is of no format that is read here (${[...names, ...own.map(({ name }) => name)].join(', ')})`);
}

function named(format: string, known: readonly ReportReader[], head: Head, own: readonly ReportReader[]): ReportReader {
  const reader = reportReaders.find(({ name }) => name === format);
  const formats = [...reportFormats, ...own.map(({ name }) => name)];
  if (!reader) throw refused(`there is no format ${JSON.stringify(format.slice(0, 50))}: use ${formats.join(', ')}`);
  return believed(reader, known, known, head);
}

/** The reader that the sender named, unless the beginning shows that it is another's. */
function believed(reader: ReportReader, known: readonly ReportReader[], others: readonly ReportReader[], head: Head): ReportReader {
  if (known.includes(reader)) return reader;
  const [other] = others;
  if (other) throw refused(`this is a report of ${other.title}, not ${reader.title}`);
  // What tells the format may come later, but not in a document that has ended.
  const mayCome = !head.whole || (reader.nothing?.(head) ?? false);
  if (!mayCome) throw refused(`this is no report of ${reader.title}`);
  return reader;
}

function refused(message: string): ReportRefused {
  return new ReportRefused(message, { pointer: '' });
}
