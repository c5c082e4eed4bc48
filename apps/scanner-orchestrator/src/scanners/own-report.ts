import { readReport, type ReportReader } from '@throughline/findings';
import { ReportRefused, type RawLine } from './scanner.ts';

/**
 * The report of a program that we ran ourselves. One result that cannot be read makes all of it unreadable; what the program
 * could not look at is reported, never passed over.
 */
export async function* ownReport(
  reader: ReportReader,
  report: AsyncIterable<Uint8Array>,
  unread = 'This file was not checked',
): AsyncIterable<RawLine> {
  for await (const line of readReport(reader, () => report)) {
    if ('rejected' in line) throw new ReportRefused(`this is no report of ${reader.name}: ${line.rejected.detail}`, line.rejected);
    // What the report quotes is left out: snippets come from the tree, masked.
    if ('finding' in line) yield { finding: { ...line.finding, snippet: undefined } };
    else yield { finding: { class: 'configuration', rule: 'file-not-read', title: unread, severity: 'low', path: line.unread.path } };
  }
}
