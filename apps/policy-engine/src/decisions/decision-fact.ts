import {
  AddedSuppression,
  AddedSuppressions,
  BundleRef,
  DecisionMade,
  DecisionReason,
  DecisionSubject,
  DecisionWaiver,
  JudgedPolicy,
  make,
  maxRecordBytes,
  ReasonFinding,
} from '@throughline/contracts';
import type { Reason } from '@throughline/policy';
import type { DecisionRow } from './decision-rows.ts';

const maxReasons = 50;
/** The record also has headers; and other services add to what they read. */
const mostBytes = maxRecordBytes - 4096;

/** The fact that tells of a decision. Of many reasons it names fewer findings, so that it always fits into a record. */
export function decisionFact(row: DecisionRow, items: readonly number[]): DecisionMade {
  for (const named of [10, 5, 2, 1, 0]) {
    const fact = factNaming(row, items, named);
    if (Buffer.byteLength(JSON.stringify(fact)) <= mostBytes) return fact;
  }
  return factNaming({ ...row, reasons: row.reasons.slice(0, 10), waived: row.waived.slice(0, 10) }, items, 0);
}

/** What was decided about. */
export function subjectOf({ repository, commit, ref, pullRequest, base }: DecisionRow): DecisionSubject {
  return make(DecisionSubject, {
    ...{ repository, commit, ref },
    ...(pullRequest === null ? {} : { pullRequest }),
    ...(base === null ? {} : { base }),
  });
}

/** Reasons that count: those of policies in audit mode do not. */
export function reasonsOf(reasons: readonly Reason[], named = 10): DecisionReason[] {
  return reasons.slice(0, maxReasons).flatMap(({ effect, findings, ...reason }) => {
    if (effect === 'audit') return [];
    return [
      make(DecisionReason, { ...reason, effect, findings: findings.slice(0, named).map((finding) => make(ReasonFinding, { ...finding })) }),
    ];
  });
}

/** What the change adds and was not applied; nothing at all without any. */
export function suppressionsFor({ suppressions }: Pick<DecisionRow, 'suppressions'>): { suppressions?: AddedSuppressions } {
  if (suppressions === null) return {};
  const named = suppressions.named.map((each) => make(AddedSuppression, { ...each }));
  return { suppressions: make(AddedSuppressions, { total: suppressions.total, named }) };
}

function waivedOf(waived: DecisionRow['waived'], named: number): DecisionWaiver[] {
  return waived
    .slice(0, maxReasons)
    .map(({ findings, ...each }) =>
      make(DecisionWaiver, { ...each, findings: findings.slice(0, named).map((finding) => make(ReasonFinding, { ...finding })) }),
    );
}

function factNaming(row: DecisionRow, items: readonly number[], named: number): DecisionMade {
  const { id, gate, application, result, missing, policies, input, tolerance, revision, older, dataAsOf } = row;
  return make(DecisionMade, {
    decision: id,
    subject: subjectOf(row),
    ...{ gate, application, result, input, tolerance, revision, older },
    reasons: reasonsOf(row.reasons, named),
    ...(row.waived.length === 0 ? {} : { waived: waivedOf(row.waived, named) }),
    ...suppressionsFor(row),
    missing: [...missing],
    policies: policies.map((policy) => make(JudgedPolicy, { ...policy })),
    ...(row.bundle === null ? {} : { bundle: make(BundleRef, { ...row.bundle }) }),
    items: items.slice(0, 200),
    ...(dataAsOf === null ? {} : { dataAsOf: dataAsOf.toISOString() }),
  });
}
