import type { OpenReport, ReadLine, ReportReader } from './reader.ts';
import { ReportRefused } from './report-refused.ts';

/** More results than this that cannot be read make the whole report unreadable. */
export const mostRejected = 1_000;

/**
 * What a report says, line by line. Throws `ReportRefused` for what is no report of the format, and for one of which nothing
 * can be read: it must never look as if nothing was found.
 */
export async function* readReport(reader: ReportReader, open: OpenReport): AsyncIterable<ReadLine> {
  let accepted = 0;
  let first: ReportRefused | undefined;
  let rejected = 0;
  for await (const line of reader.read(open)) {
    if ('finding' in line) accepted += 1;
    if ('rejected' in line) {
      const { pointer, detail } = line.rejected;
      first ??= new ReportRefused(`this is no report of ${reader.title}: ${detail}`, { pointer });
      rejected += 1;
      if (rejected > mostRejected) throw new ReportRefused(`more than ${mostRejected} results cannot be read: ${detail}`, { pointer });
    }
    yield line;
  }
  if (first && accepted === 0) throw first;
}
