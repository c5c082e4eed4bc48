import type { WaiverGranted } from '@throughline/contracts';

const dayMs = 86_400_000;

/**
 * When people are told that an exception is going to end: a week before, a day before for one of less than two weeks. Whoever
 * asked for less than two days knows it.
 */
export function noticeAt({ from, until }: Pick<WaiverGranted, 'from' | 'until'>): Date | undefined {
  const end = Date.parse(until);
  const days = (end - Date.parse(from)) / dayMs;
  if (days < 2) return undefined;
  return new Date(end - (days < 14 ? 1 : 7) * dayMs);
}
