import type { GateRequest, GateSubject } from '@throughline/contracts';
import { commitInBounds, isOwnChangeRequest, Problem, type Bound, type Identity } from '@throughline/service';

/**
 * What a gate is asked about. A CI job asks about its own commit and nothing else, beyond the change gate only from a ref that
 * is protected. Throws `Problem` 403.
 */
export function subjectInBounds({ gate, subject }: GateRequest, caller: Identity): GateSubject {
  const { bound } = caller;
  if (!bound) return subject;
  const other = (['digest', 'image', 'pullRequest', 'base'] as const).find(
    (name) => subject[name] !== undefined && !isOwn(name, subject, bound),
  );
  if (other) throw new Problem(403, 'out_of_bounds', `this CI job asks about its own commit only, not with ${other}`);
  if (gate !== 'change' && bound.changeOnly !== undefined)
    throw new Problem(403, 'change_gate_only', `this CI job may ask the change gate only: ${bound.changeOnly}`);
  return commitInBounds(caller, subject);
}

/** The number of the change request that the job runs for says nothing new. */
function isOwn(name: string, { pullRequest }: GateSubject, bound: Bound): boolean {
  return name === 'pullRequest' && pullRequest !== undefined && isOwnChangeRequest(bound, pullRequest);
}
