import type { FindingClass } from '@throughline/contracts';
import type { ScanState, Upload } from './facts.ts';

/** What is known about one numbered item of a subject's evidence plan. */
export interface EvidenceItem {
  readonly seq: number;
  readonly tool: string;
  readonly finds: readonly FindingClass[];
  readonly state: ScanState;
  readonly reason?: string;
  /** Ruleset family of the run that was evaluated. */
  readonly ruleset?: string;
  /** Revision of the last evaluation that was taken up; 0 before the first. */
  readonly revision: number;
  /** It was sent to us; absent for our own runs. */
  readonly upload?: Upload;
}

/** The evidence plan of a subject and where it stands: all that *complete* is read from. */
export interface Evidence {
  /** Sequence of the last plan that was taken up; absent while none is known. */
  readonly plan?: { readonly sequence: number; readonly throughSeq: number; readonly failed?: string };
  readonly items: readonly EvidenceItem[];
}

/** The plan as it was announced. */
export interface Plan {
  readonly sequence: number;
  readonly throughSeq: number;
  readonly failed?: string;
  readonly items: readonly Pick<EvidenceItem, 'seq' | 'tool' | 'finds' | 'state' | 'reason' | 'upload'>[];
}

/** The ledger's answer about one item. */
export interface Evaluation {
  readonly seq: number;
  readonly tool: string;
  readonly finds: readonly FindingClass[];
  readonly ruleset?: string;
  readonly revision: number;
  readonly outcome: 'evaluated' | 'not_evaluated';
  readonly reason?: string;
  readonly upload?: Upload;
}

/** Nothing is known yet. */
export const noEvidence: Evidence = { items: [] };

/** Takes up a plan. An older one is ignored, and no item goes back: facts of two topics arrive in any order. */
export function planned(evidence: Evidence, plan: Plan): Evidence {
  if (evidence.plan && plan.sequence <= evidence.plan.sequence) return evidence;
  const { sequence, failed } = plan;
  const throughSeq = Math.max(plan.throughSeq, evidence.plan?.throughSeq ?? 0);
  const known = new Map(evidence.items.map((item) => [item.seq, item]));
  for (const { seq, tool, finds, state, reason, upload } of plan.items) {
    const item = known.get(seq);
    const fields = { seq, tool, finds, state, reason, revision: item?.revision ?? 0, ...(upload && { upload }) };
    if (item === undefined || item.state === 'planned') known.set(seq, fields);
  }
  return { plan: { sequence, throughSeq, failed }, items: inOrder(known) };
}

/** Takes up what the ledger made of an item; a revision that is not higher than the last one is ignored. */
export function evaluated(evidence: Evidence, evaluation: Evaluation): Evidence {
  const known = new Map(evidence.items.map((item) => [item.seq, item]));
  const before = known.get(evaluation.seq);
  if (before && evaluation.revision <= before.revision) return evidence;
  const { seq, tool, finds, ruleset, revision } = evaluation;
  const upload = evaluation.upload ?? before?.upload;
  const state = evaluation.outcome === 'evaluated' ? 'evaluated' : 'failed';
  const reason = state === 'failed' ? (before?.reason ?? evaluation.reason) : undefined;
  known.set(seq, { seq, tool, finds, state, reason, ruleset, revision, ...(upload && { upload }) });
  return { ...evidence, items: inOrder(known) };
}

/** Takes up that a run failed for good; what the ledger has already said about the item stands. */
export function failed(
  evidence: Evidence,
  run: Pick<EvidenceItem, 'seq' | 'tool' | 'finds' | 'upload'> & { readonly reason: string },
): Evidence {
  const known = new Map(evidence.items.map((item) => [item.seq, item]));
  const before = known.get(run.seq);
  if (before && before.revision > 0) return evidence;
  const { seq, tool, finds, reason } = run;
  const upload = run.upload ?? before?.upload;
  known.set(seq, { seq, tool, finds, state: 'failed', reason, revision: 0, ...(upload && { upload }) });
  return { ...evidence, items: inOrder(known) };
}

/** So many open numbers are named; more make no difference to anybody. */
const maxOpen = 50;

/** The numbers up to the plan's last one that are not closed, the first 50; undefined while no plan is known. */
export function openItems(evidence: Evidence): readonly number[] | undefined {
  if (!evidence.plan) return undefined;
  const closed = new Set(evidence.items.filter((item) => item.state !== 'planned').map((item) => item.seq));
  const open: number[] = [];
  for (let seq = 1; seq <= evidence.plan.throughSeq && open.length < maxOpen; seq++) if (!closed.has(seq)) open.push(seq);
  return open;
}

/** All that is known of a subject was sent to us; nobody has planned to look at it here. */
export function onlyUploads(evidence: Evidence): boolean {
  return evidence.items.length > 0 && evidence.items.every(({ upload }) => upload !== undefined);
}

/** The plan is known and every item up to its last number is closed. What is only claimed never makes a subject complete. */
export function isComplete(evidence: Evidence): boolean {
  return openItems(evidence)?.length === 0 && !onlyUploads(evidence);
}

/** Everything that was evaluated here can be compared with the other: the same ruleset was evaluated there, or had nothing to look at. */
export function isComparable(evidence: Evidence, base: Evidence): boolean {
  const there = base.items.map(({ tool, state, ruleset }) => `${tool} ${state === 'evaluated' ? (ruleset ?? '') : state}`);
  return latestItems(evidence.items).every(
    ({ tool, state, ruleset, upload }) =>
      upload !== undefined ||
      state !== 'evaluated' ||
      there.includes(`${tool} ${ruleset ?? ''}`) ||
      there.includes(`${tool} not_applicable`),
  );
}

/**
 * Of each tool the item with the highest number: a repeated run stands for the earlier ones. An upload stands for earlier ones
 * of equal tool, scope and level, and only when it was read and covers all of its scope; never for a run of ours.
 */
export function latestItems<I extends Pick<EvidenceItem, 'seq' | 'tool' | 'state' | 'upload'>>(items: readonly I[]): readonly I[] {
  let latest: I[] = [];
  for (const item of [...items].sort((a, b) => a.seq - b.seq)) {
    const replaces = item.upload === undefined || (item.upload.complete && item.state === 'evaluated');
    if (replaces) latest = latest.filter((other) => seriesOf(other) !== seriesOf(item));
    latest.push(item);
  }
  return latest;
}

/** Items of one series stand for one another. */
export function seriesOf({ tool, upload }: Pick<EvidenceItem, 'tool' | 'upload'>): string {
  return upload === undefined ? tool : `${tool}\n${upload.assurance}${upload.changeOnly ? ' change-only' : ''}\n${upload.scope}`;
}

function inOrder(items: ReadonlyMap<number, EvidenceItem>): readonly EvidenceItem[] {
  return [...items.values()].sort((a, b) => a.seq - b.seq);
}
