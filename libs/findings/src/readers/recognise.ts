import { Head, headBytes } from './head.ts';
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
const allMarks = [...new Set(reportReaders.flatMap((reader) => reader.marks))];
/** What lies below a mark would not be looked into if the mark itself were wanted whole. */
const marks = allMarks.filter((mark) => !allMarks.some((other) => other.startsWith(`${mark}${mark.startsWith('/') ? '/' : '.'}`)));

/** Words of `format=`: `auto`, and the names of all readers. */
export const reportFormats: readonly string[] = ['auto', ...names];

/**
 * The reader for a report of which the first 64 KiB are given; `whole` says that there is no more. Throws `ReportRefused`
 * when the beginning is not of the format that the sender named, or not of exactly one that we know.
 */
export function recogniseReport(head: Buffer, whole: boolean, format = 'auto'): Recognised {
  const bytes = head.subarray(0, headBytes);
  const all = whole && head.length <= headBytes;
  const beginning = new Head(bytes, all, marks);
  const known = reportReaders.filter((reader) => (reader.many === true || beginning.documents <= 1) && reader.recognises(beginning));
  const reader = format === 'auto' ? only(known, beginning) : named(format, known, beginning);
  // Said with the place, as for what is no JSON.
  if (reader.many !== true && beginning.documents > 1) new Head(bytes, all, [], false);
  const tool = reader.toolOf?.(beginning);
  return { reader, ...(tool !== undefined && { tool }) };
}

function only(known: readonly ReportReader[], head: Head): ReportReader {
  const [first, ...others] = known;
  if (first && others.length === 0) return first;
  if (others.length > 0) throw refused(`the report may be ${known.map(({ name }) => name).join(' or ')}: name the format`);
  if (reportReaders.some((reader) => head.whole && reader.nothing?.(head)))
    throw refused('the report holds nothing that says which tool made it: name the format');
  throw refused(`the report is of no format that is read here (${names.join(', ')})`);
}

function named(format: string, known: readonly ReportReader[], head: Head): ReportReader {
  const reader = reportReaders.find(({ name }) => name === format);
  if (!reader) throw refused(`there is no format ${JSON.stringify(format.slice(0, 50))}: use ${reportFormats.join(', ')}`);
  if (known.includes(reader)) return reader;
  const [other] = known;
  if (other) throw refused(`this is a report of ${other.title}, not ${reader.title}`);
  // What tells the format may come later, but not in a document that has ended.
  const mayCome = !head.whole || (reader.nothing?.(head) ?? false);
  if (!mayCome) throw refused(`this is no report of ${reader.title}`);
  return reader;
}

function refused(message: string): ReportRefused {
  return new ReportRefused(message, { pointer: '' });
}
