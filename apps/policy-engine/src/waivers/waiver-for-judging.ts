import type { Waiver } from '@throughline/policy';
import { everyApplication, labelOf, matchesOf } from './waiver-content.ts';
import type { WaiverRow } from './waiver-rows.ts';

/** A waiver as the one evaluator takes it; before its approval it holds from its request on, to find out what it would cover. */
export function waiverOf(row: WaiverRow): Waiver {
  const { id, content, repository, application, approvedAt, requestedAt, endedAt, gone } = row;
  const { scope, endsWhen, until } = content;
  return {
    id,
    label: labelOf(row),
    ...(application === everyApplication ? {} : { application }),
    ...(repository === null ? {} : { repository }),
    ...(scope.policy === undefined ? {} : { policy: scope.policy }),
    matches: matchesOf(scope, gone),
    ...(content.origin !== undefined && row.state === 'requested' ? { proposed: true } : {}),
    endsWhen,
    from: (approvedAt ?? requestedAt).toISOString(),
    until,
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
  };
}
