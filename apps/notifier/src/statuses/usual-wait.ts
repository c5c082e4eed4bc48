import { rows, type Tx } from '@throughline/service';

/** Fewer say nothing about the next one. */
const fewest = 3;

/** Of the last commits of a repository, three in four were judged within this time. */
const usual = `
  select percentile_disc(0.75) within group (order by waited_seconds) as seconds, count(*)::int as known
  from (
    select waited_seconds from commit_statuses
    where repository = $1 and waited_seconds is not null and pending_since > clock_timestamp() - interval '30 days'
    order by pending_since desc limit 20
  ) latest`;

/** Seconds from a push to its decision, as it was lately; undefined while too few are known. */
export async function usualWait(tx: Tx, repository: string): Promise<number | undefined> {
  const [found] = await rows<{ seconds: number | null; known: number }>(tx, usual, [repository]);
  return found && found.seconds !== null && found.known >= fewest ? found.seconds : undefined;
}

/** `40 s`, `3 min`, `2 h`: rounded up, for nobody is glad of a time that was too short. */
export function roughly(seconds: number): string {
  if (seconds <= 115) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
