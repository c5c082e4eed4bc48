import { allSeverities } from './words.ts';

/** How bad a severity is, `info` 0; -1 for a word that is none. */
export function severityRank(severity: string): number {
  const place = (allSeverities as readonly string[]).indexOf(severity);
  return place < 0 ? -1 : allSeverities.length - 1 - place;
}
