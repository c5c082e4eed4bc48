import { grants, isSamePerson, Problem, type Identity } from '@throughline/service';
import type { ChangeRow } from './change-rows.ts';

type Request = Pick<ChangeRow, 'requester' | 'requesterAddress'>;

/** Why somebody may not approve a change of a policy: four eyes, and the second pair answers for every application. */
export function objectionTo({ person, rights, applications }: Identity, { requester, requesterAddress }: Request): Problem | undefined {
  if (!person)
    return refused('not_a_person', 'a token that is nobody’s approves nothing: sign in as a person (`npx throughline admin create "…"`)');
  if (isSamePerson(person, requester, requesterAddress))
    return refused('own_request', 'you asked for this change: somebody else has to approve it');
  if (applications !== '*' || !grants(rights, 'approvals:write'))
    return refused('out_of_scope', 'you do not approve for every application');
  return undefined;
}

const refused = (code: string, detail: string): Problem => new Problem(403, code, detail);
