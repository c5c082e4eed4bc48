import { ChangePushed } from '@throughline/contracts';
import type { KnownHead } from '../repositories/heads.ts';
import type { Outcome } from './candidate.ts';

/** Name of a branch among those of all repositories. */
export function branchName({ repository, ref }: Pick<ChangePushed, 'repository' | 'ref'>): string {
  return `${repository} ${ref}`;
}

/** The pushes to branches that a delivery tells. */
export function branchPushes({ facts }: Pick<Outcome, 'facts'>): ChangePushed[] {
  return facts.filter((fact): fact is ChangePushed => fact instanceof ChangePushed && fact.ref.startsWith('refs/heads/'));
}

/**
 * Whether pushes may be older than what is known: a signature proves who said it, not when. One that begins where the branch
 * is, and was not said before the last one, is in order; of all others only the origin knows.
 */
export function isDoubtful(outcome: Outcome, heads: ReadonlyMap<string, KnownHead>): boolean {
  return branchPushes(outcome).some((push) => {
    const head = heads.get(branchName(push));
    if (!head || push.after === head.commit) return false;
    return push.before !== head.commit || saidBefore(outcome, head);
  });
}

/** What still stands by the refs of the origin: a push whose branch is elsewhere falls out; the delivery is stale when nothing is left. */
export function standing(outcome: Outcome, refs: ReadonlyMap<string, string>): Outcome {
  const moved = new Set<unknown>(branchPushes(outcome).filter(({ ref, after }) => refs.get(ref) !== after));
  if (moved.size === 0) return outcome;
  const facts = outcome.facts.filter((fact) => !moved.has(fact));
  if (facts.length > 0) return { ...outcome, facts };
  const [first] = branchPushes(outcome);
  return { ...outcome, status: 'stale', reason: staleness(first!, refs), facts };
}

function staleness(moved: ChangePushed, refs: ReadonlyMap<string, string>): string {
  const now = refs.get(moved.ref);
  const name = moved.ref.slice(0, 200);
  return now === undefined
    ? `stale: ${name} is not there any more`
    : `stale: ${name} is at ${now.slice(0, 12)}, not at ${moved.after.slice(0, 12)}`;
}

/** The same delivery while its origin is asked. */
export function inDoubt(outcome: Outcome): Outcome {
  const [push] = branchPushes(outcome);
  const reason = `checking: ${push!.ref.slice(0, 200)} is not known to be where this push begins; the origin is asked`;
  return { ...outcome, status: 'checking', reason, facts: [] };
}

/** The heads after pushes that are in order. */
export function afterPushes(outcome: Outcome): [string, KnownHead][] {
  const saidAt = outcome.saidAt;
  return branchPushes(outcome).map((push) => [branchName(push), { commit: push.after, ...(saidAt === undefined ? {} : { saidAt }) }]);
}

function saidBefore({ saidAt }: Outcome, head: KnownHead): boolean {
  return saidAt !== undefined && head.saidAt !== undefined && saidAt < head.saidAt;
}
