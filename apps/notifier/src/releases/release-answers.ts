import type { CheckReleaseAnswer, CheckReleaseDetail, ReleasedCheck } from '@throughline/contracts';
import { withoutNulls, type Identity } from '@throughline/service';
import type { ReleaseCounts, ReleasedRow, ReleaseRow } from './release-rows.ts';
import { objectionTo } from './second-person.ts';

/** The name under which people know it. */
export function labelOf({ number }: Pick<ReleaseRow, 'number'>): string {
  return `R-${number}`;
}

export function answerOf(row: ReleaseRow, counts: ReleaseCounts): CheckReleaseAnswer {
  const { id, state, application, reason, minutes, digest, requestedBy } = row;
  const said = {
    ...{ repository: row.repository, source: row.source, confirmedBy: row.confirmedBy, confirmedAt: row.confirmedAt?.toISOString() },
    ...{ until: row.until?.toISOString(), endedBecause: row.endedBecause, endedBy: row.endedBy, endedNote: row.endedNote },
    endedAt: row.endedAt?.toISOString(),
  };
  return {
    ...{ id, label: labelOf(row), state, application, reason, minutes, digest, requestedBy, ...counts },
    ...{ requestedAt: row.requestedAt.toISOString(), confirmBefore: row.confirmBefore.toISOString() },
    ...withoutNulls(said),
  };
}

/** With whether the caller can be the second person. */
export function detailOf(row: ReleaseRow, counts: ReleaseCounts, caller: Identity): CheckReleaseDetail {
  const answer = answerOf(row, counts);
  if (row.state !== 'requested') return { ...answer, mayConfirm: false };
  const hindrance = row.confirmBefore.getTime() <= Date.now() ? 'nobody confirmed it in time: ask again' : objectionTo(caller, row)?.detail;
  return { ...answer, mayConfirm: hindrance === undefined, ...withoutNulls({ mayNotConfirmBecause: hindrance }) };
}

export function checkOf({ repository, commit, releasedAt, ...row }: ReleasedRow): ReleasedCheck {
  const { result, number, mergedBy } = row;
  const said = { result, number, mergedBy, judgedAt: row.judgedAt?.toISOString(), mergedAt: row.mergedAt?.toISOString() };
  return { repository, commit, releasedAt: releasedAt.toISOString(), ...withoutNulls(said) };
}
