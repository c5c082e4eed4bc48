import type { RepositoryAddress } from '@throughline/scm';
import { rows, type Tx } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import type { Outcome } from './candidate.ts';

/** What a delivery about a repository comes to that a person has removed. */
export const wasDismissed: Outcome = {
  status: 'ignored',
  reason: 'the repository was removed here: POST /api/v1/repositories brings it back',
  facts: [],
};

/** A delivery that was read under a name that its repository has not any more, or not for us; reading it again finds the right one. */
export function misnamed({ repository, ...outcome }: Outcome): Outcome {
  // Without its repository, which would be made known under this name.
  if (outcome.commands) return outcome;
  return {
    status: 'checking',
    reason: `checking: ${repository?.fullName ?? 'its repository'} was renamed; the origin is asked`,
    facts: [],
  };
}

/** A delivery of one that has the name of another. What is known of that one is not for whoever comes to its name. */
export function nameTaken({ fullName }: RepositoryAddress): Outcome {
  return {
    status: 'refused',
    reason: `refused: ${fullName} is another repository at its host than the one that is known here by that name: remove that one to have this one`,
    facts: [],
  };
}

/** The source is held until the transaction ends: a delivery is written before its source goes, or not at all. */
const hold = `
  select exists (select 1 from dismissed_repository where source_id = source.id and repository = $2) as dismissed
  from source where id = $1 for key share`;

/**
 * What a delivery still means when it is written: since it was read its source may have gone, which makes it undefined, or a
 * person may have removed the repository.
 */
export async function asItStands(tx: Tx, source: KnownSource, outcome: Outcome): Promise<Outcome | undefined> {
  const [held] = await rows<{ dismissed: boolean }>(tx, hold, [source.id, outcome.repository?.id ?? null]);
  return held && (held.dismissed ? wasDismissed : outcome);
}
