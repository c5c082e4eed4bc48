import type { ReportReader } from './reader.ts';

/** What the beginning of a report is looked at for, so that any of the readers can tell whether it is theirs. */
export function marksOf(readers: readonly ReportReader[]): readonly string[] {
  const all = [...new Set(readers.flatMap((reader) => reader.marks))];
  // What lies below a mark would not be looked into if the mark itself were wanted whole.
  return all.filter((mark) => !all.some((other) => other.startsWith(`${mark}${mark.startsWith('/') ? '/' : '.'}`)));
}
