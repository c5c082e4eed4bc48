import { Problem, rows, sees, type Identity, type Tx } from '@throughline/service';
import { uuid } from '../uuid.ts';

/** The number of a finding that a caller may see, or of the one that it is merged into. Throws `Problem` 404. */
export async function askedFinding(tx: Tx, id: string, caller: Identity): Promise<string> {
  const sql = `select f.number, f.application from finding asked join finding f on f.number = coalesce(asked.alias_of, asked.number)
    where asked.id = $1`;
  const [found] = uuid.test(id) ? await rows<{ number: string; application: string }>(tx, sql, [id]) : [];
  if (!found || !sees(caller, found.application)) throw noSuchFinding();
  return found.number;
}

/** Alike for a finding that is not there and one that the caller may not see. */
export function noSuchFinding(): Problem {
  return new Problem(404, 'not_found', 'there is no such finding, or it is not yours to see');
}
