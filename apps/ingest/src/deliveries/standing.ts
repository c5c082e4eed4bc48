import { rows, type Tx } from '@throughline/service';
import type { Candidate, Outcome } from './candidate.ts';

/** A source that is there, with those of the asked repositories that a person has removed from it. */
interface Standing {
  readonly id: string;
  readonly dismissed: readonly string[];
}

/** The sources are held until the transaction ends: a delivery is written before its source goes, or not at all. */
const read = `
  select id, array(select repository from dismissed_repository where source_id = source.id and repository = any($2::text[])) as dismissed
  from source where id = any($1::uuid[]) order by id for key share`;

/** What a delivery about a repository comes to that a person has removed. */
export const wasDismissed: Outcome = {
  status: 'ignored',
  reason: 'the repository was removed here: POST /api/v1/repositories brings it back',
  facts: [],
};

/**
 * What deliveries still mean when they are written: since they were read their source may have gone, which leaves them out, or
 * a person may have removed the repository.
 */
export async function asTheyStand<C extends Pick<Candidate, 'source' | 'outcome'>>(tx: Tx, read: readonly C[]): Promise<Map<C, Outcome>> {
  const repositories = read.flatMap(({ outcome }) => outcome.repository?.id ?? []);
  const sources = await readStanding(tx, [...new Set(read.map(({ source }) => source.id))], repositories);
  const dismissed = new Map(sources.map((source) => [source.id, new Set(source.dismissed)]));
  return new Map(
    read.flatMap((one): [C, Outcome][] => {
      const gone = dismissed.get(one.source.id);
      if (!gone) return [];
      return [[one, gone.has(one.outcome.repository?.id ?? '') ? wasDismissed : one.outcome]];
    }),
  );
}

function readStanding(tx: Tx, sources: readonly string[], repositories: readonly string[]): Promise<Standing[]> {
  return rows<Standing>(tx, read, [sources, repositories]);
}
