import { grants, isSamePerson, Problem, sees, type Identity } from '@throughline/service';
import type { ChangeRow } from './change-rows.ts';

type Request = Pick<ChangeRow, 'requester' | 'requesterAddress' | 'application'>;

/** Why somebody may not approve a change: four eyes, and the second pair answers for all that it is about. */
export function objectionTo(caller: Identity, { requester, requesterAddress, application }: Request): Problem | undefined {
  const { person, rights } = caller;
  if (!person)
    return refused('not_a_person', 'a token that is nobody’s approves nothing: sign in as a person (`npx throughline admin create "…"`)');
  if (isSamePerson(person, requester, requesterAddress))
    return refused('own_request', 'you asked for this change: somebody else has to approve it');
  if (!grants(rights, 'approvals:write') || (application === null ? caller.applications !== '*' : !sees(caller, application)))
    return refused('out_of_scope', `you do not approve for ${application ?? 'every application'}`);
  return undefined;
}

/** By this caller, and exactly this; throws `Problem` 403, 409, 412 for what they cannot approve. */
export function isApproved(change: ChangeRow, digest: string, caller: Identity): boolean {
  const objection = objectionTo(caller, change);
  if (objection) throw objection;
  if (change.state === 'approved' && change.decider === idOf(caller) && change.digest === digest) return true;
  refuseDecided(change);
  if (change.digest !== digest) throw new Problem(412, 'changed', 'this is not what you have read: read it again, and approve its digest');
  return false;
}

/** Throws `Problem` 409 for what nobody can decide any more. */
export function refuseDecided(change: ChangeRow): void {
  const { state } = change;
  if (state === 'awaiting_approval') return;
  const why = state === 'superseded' ? `${baseGone(change)}: ask again` : `it is ${state} already`;
  throw new Problem(409, 'decided', `this change cannot be decided: ${why}`);
}

/** Who decides, by person where there is one. */
export const idOf = ({ person, id }: Identity): string => person?.id ?? id;

function baseGone({ name, application, base }: ChangeRow): string {
  if (application !== null) return `the application ${application} is not at version ${base} any more`;
  return name === null ? `the policy bundle ${base} is not in force any more` : `the policy ${name} is not at version ${base} any more`;
}

const refused = (code: string, detail: string): Problem => new Problem(403, code, detail);
