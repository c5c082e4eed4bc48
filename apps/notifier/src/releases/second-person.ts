import { grants, isSamePerson, Problem, sees, type Identity, type Person } from '@throughline/service';
import type { ReleaseRow } from './release-rows.ts';

export const everyApplication = '*';

type Request = Pick<ReleaseRow, 'application' | 'requester' | 'requesterAddress'>;

/** Why this caller cannot confirm a release; undefined for one who can. */
export function objectionTo(caller: Identity, { application, requester, requesterAddress }: Request): Problem | undefined {
  if (!caller.person) return notAPerson();
  if (isSamePerson(caller.person, requester, requesterAddress))
    return new Problem(403, 'own_request', 'you asked for this release: somebody else has to confirm it');
  return grants(caller.rights, 'approvals:write') && reaches(caller, application) ? undefined : outOfScope(application, 'confirm');
}

/** Throws `Problem` 403 for a token that is nobody's. */
export function personOf({ person }: Identity): Person {
  if (!person) throw notAPerson();
  return person;
}

/** Throws `Problem` 403 where the caller does not answer for all that it reaches into. */
export function refuseScope(caller: Identity, application: string, what: string): void {
  if (!reaches(caller, application)) throw outOfScope(application, what);
}

function reaches(caller: Identity, application: string): boolean {
  return application === everyApplication ? caller.applications === '*' : sees(caller, application);
}

function outOfScope(application: string, what: string): Problem {
  const where = application === everyApplication ? 'every application' : application;
  return new Problem(403, 'out_of_scope', `you do not ${what} releases for ${where}`);
}

function notAPerson(): Problem {
  const detail = 'a token that is nobody’s releases nothing: sign in as a person (`npx throughline admin create "…"`)';
  return new Problem(403, 'not_a_person', detail);
}
