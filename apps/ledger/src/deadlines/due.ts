/** In SQL: when the finding `f` must be fixed, so many days of its clock after it was seen first. */
export function dueAfter(days: string): string {
  return `f.first_seen + f.paused + make_interval(days => ${days})`;
}
