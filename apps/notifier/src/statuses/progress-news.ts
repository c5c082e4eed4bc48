import type { ScanProgress } from '@throughline/contracts';
import type { PendingCommit } from './progress-rows.ts';

/** A commit costs its host this many words about it at most, as long as its scanners do not keep people waiting. */
const mostWords = 4;
/** After that any step is worth a word. */
const patienceMs = 30_000;

/** Whether a host should hear how far the scans of a commit are: a quarter of them further, or anything after half a minute. */
export function isNews({ done, total }: Pick<ScanProgress, 'done' | 'total'>, told: Pick<PendingCommit, 'done' | 'toldMs'>): boolean {
  const further = done - told.done;
  if (further <= 0 || total < 2) return false;
  // What is all done is judged in a moment.
  return told.toldMs >= patienceMs || (done < total && further >= Math.ceil(total / mostWords));
}
