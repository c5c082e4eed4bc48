import {
  BundleRef,
  chainIdOf,
  DecisionDetail,
  DecisionSummary,
  GateReason,
  JudgedPolicy,
  make,
  ReasonFinding,
  WaivedReason,
} from '@throughline/contracts';
import type { Reason } from '@throughline/policy';
import { waiverPage } from '../waivers/waiver-answers.ts';
import { subjectOf, suppressionsFor } from './decision-fact.ts';
import type { DecisionRow } from './decision-rows.ts';

/** What reasons need beside themselves: who may approve a waiver, and where one is asked for. */
export interface WayOut {
  readonly approvers: readonly string[];
  readonly linkBase: string;
}

/** Reasons as people get them, each with its way out. */
export function reasonsFor({ id, reasons }: Pick<DecisionRow, 'id' | 'reasons'>, { approvers, linkBase }: WayOut): GateReason[] {
  return reasons.slice(0, 50).map(({ effect, findings, ...reason }) => {
    const place = findings[0]?.place;
    const query = new URLSearchParams({ policy: reason.policy, decision: id });
    return make(GateReason, {
      ...reason,
      effect: effect === 'deny' ? 'deny' : 'warn',
      ...(place === undefined ? {} : { place, path: place.replace(/:\d+$/, '') }),
      findings: findings.map((finding) => make(ReasonFinding, { ...finding })),
      approvers: [...approvers],
      waiverLink: `${linkBase}/waivers/new?${query.toString()}`,
    });
  });
}

/** What was let through because of exceptions, each with its page; nothing at all without any. */
export function waivedFor({ waived }: Pick<DecisionRow, 'waived'>, linkBase: string): { waived?: WaivedReason[] } {
  if (waived.length === 0) return {};
  const named = waived.map(({ findings, ...each }) =>
    make(WaivedReason, {
      ...each,
      findings: findings.map((finding) => make(ReasonFinding, { ...finding })),
      url: waiverPage(each.waiver, linkBase),
    }),
  );
  return { waived: named };
}

/** Where people read a decision. */
export function decisionPage(id: string, linkBase: string): string {
  return `${linkBase}/decisions/${id}`;
}

/** A decision as lists show it. */
export function summaryOf(row: DecisionRow, out: WayOut): DecisionSummary {
  const { id, gate, application, result, missing, tolerance, older, revision, published, decidedAt, traceId } = row;
  return make(DecisionSummary, {
    ...{ id, gate, application, result, tolerance, older, revision, published },
    subject: subjectOf(row),
    reasons: reasonsFor(row, out),
    ...waivedFor(row, out.linkBase),
    ...suppressionsFor(row),
    missing: [...missing],
    decidedAt: decidedAt.toISOString(),
    chain: chainIdOf(row.repository, row.commit),
    url: decisionPage(id, out.linkBase),
    ...(traceId === null ? {} : { traceId }),
  });
}

/** A decision with what it follows from. */
export function detailOf(row: DecisionRow, out: WayOut): DecisionDetail {
  const { policies, input, evaluator, degraded, latencyMs, judgingMs, dataAsOf } = row;
  const audited: readonly Reason[] = row.audited;
  return make(DecisionDetail, {
    ...summaryOf(row, out),
    policies: policies.map((policy) => make(JudgedPolicy, { ...policy })),
    ...(row.bundle === null ? {} : { bundle: make(BundleRef, { ...row.bundle }) }),
    audited: reasonsFor({ id: row.id, reasons: audited }, out),
    ...{ input, evaluator, degraded, latencyMs, judgingMs },
    ...(dataAsOf === null ? {} : { dataAsOf: dataAsOf.toISOString() }),
  });
}
