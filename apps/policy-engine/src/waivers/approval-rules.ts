import { grants, hasAddress, Problem, sees, type Identity } from '@throughline/service';
import { isNamed } from '../facts/change-people.ts';
import { everyApplication } from './waiver-content.ts';
import type { WaiverRow } from './waiver-rows.ts';

/** Why somebody may not approve a waiver. */
export interface Objection {
  readonly code: string;
  readonly detail: string;
}

/** Four eyes, and the second pair belongs to somebody who answers for all of the scope and had no part in it. */
export function objectionTo(caller: Identity, waiver: WaiverRow, makers: readonly string[]): Objection | undefined {
  const { person } = caller;
  if (!person)
    return objection('not_a_person', 'a token that is nobody’s approves nothing: sign in as a person (`npx throughline admin create "…"`)');
  if (waiver.writers.includes(person.id) || waiver.writers.includes(caller.id))
    return objection('own_request', 'you asked for this exception, or changed it: somebody else has to approve it');
  if (waiver.addresses.some((address) => hasAddress(person, address)))
    return objection('own_request', 'who asked for this exception has your address: somebody else has to approve it');
  const everywhere = waiver.application === everyApplication;
  if (!grants(caller.rights, 'approvals:write') || (everywhere ? caller.applications !== '*' : !sees(caller, waiver.application)))
    return objection('out_of_scope', `you do not approve exceptions for ${everywhere ? 'every application' : waiver.application}`);
  if (makers.some((called) => isNamed(person, called)))
    return objection('own_change', 'you are an author of a change that this exception lets through: somebody else has to approve it');
  return undefined;
}

/** Throws `Problem` 403. */
export function refuseApproval(caller: Identity, waiver: WaiverRow, makers: readonly string[]): void {
  const found = objectionTo(caller, waiver, makers);
  if (found) throw new Problem(403, found.code, found.detail);
}

function objection(code: string, detail: string): Objection {
  return { code, detail };
}
