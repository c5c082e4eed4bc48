import { keys, uuidv7 } from '@throughline/contracts';
import { alertTitle } from './alert-message.ts';
import type { AlertRow } from './alert-rows.ts';
import type { Assessment, Judgement } from './assessment.ts';
import { fingerprintOf, type LineOfWork } from './line-of-work.ts';

/** A judged commit and what the gates say about it. */
export interface Situation extends LineOfWork {
  readonly commit: string;
  readonly application: string;
  readonly repositoryName?: string;
  readonly judgements: readonly Judgement[];
  readonly assessment: Assessment;
  readonly at: Date;
}

/** What becomes of an alert: nothing to say, or the alert as it is from now on and what happened to it. */
export type NextAlert = { readonly change: 'none' } | { readonly change: 'opened' | 'enriched' | 'resolved'; readonly alert: AlertRow };

/**
 * The alert of a line of work after its commit was judged. A later commit takes the alert over; a pass ends it; the same
 * commit blocked again reopens what ended by itself, but not what a person ended.
 */
export function nextAlert(known: AlertRow | undefined, situation: Situation): NextAlert {
  const { assessment, commit } = situation;
  const current = known?.state === 'resolved' ? undefined : known;
  if (assessment.standing === 'waiting') return { change: 'none' };
  if (assessment.standing === 'clear') {
    if (!current) return { change: 'none' };
    const resolution = `Passed at ${commit.slice(0, 12)}`;
    return { change: 'resolved', alert: { ...current, commit, state: 'resolved', resolvedBy: null, resolution } };
  }
  const standing = { commit, application: situation.application, priority: assessment.priority, severity: assessment.severity };
  if (current) return { change: 'enriched', alert: { ...current, ...standing } };
  if (known?.commit !== commit) return { change: 'opened', alert: { ...opened(situation), ...standing } };
  if (known.resolvedBy !== null) return { change: 'none' };
  const again = { state: 'open', acknowledgedBy: null, resolution: null, since: situation.at } as const;
  return { change: 'opened', alert: { ...known, ...standing, ...again } };
}

function opened(situation: Situation): AlertRow {
  const { repository, line, judgements, assessment } = situation;
  const denied = judgements.some(({ decision }) => decision.result === 'deny');
  const blocking = judgements.filter(({ decision }) => decision.result === 'deny' || decision.result === 'undecided');
  return {
    id: uuidv7(situation.at.getTime()),
    fingerprint: fingerprintOf(situation.application, situation),
    kind: 'decision',
    state: 'open',
    priority: assessment.priority,
    severity: assessment.severity,
    title: alertTitle({ repository, line, ...(situation.repositoryName && { name: situation.repositoryName }) }, denied),
    application: situation.application,
    repository,
    line,
    commit: situation.commit,
    causes: blocking.slice(0, 20).map(({ decision }) => keys.decision(decision.decision)),
    since: situation.at,
    acknowledgedBy: null,
    resolvedBy: null,
    resolution: null,
  };
}
