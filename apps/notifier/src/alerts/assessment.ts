import { severities, type DecisionMade, type Priority, type Severity } from '@throughline/contracts';

/** A decision as it stands, and whether its time to become decided is over. */
export interface Judgement {
  readonly decision: DecisionMade;
  readonly graceOver: boolean;
}

export interface Assessment {
  /** `blocked`: somebody must act. `waiting`: not known yet. `clear`: nothing blocks. */
  readonly standing: 'blocked' | 'waiting' | 'clear';
  readonly severity: Severity;
  readonly priority: Priority;
}

/** What all gates together say about a commit. Nothing that was denied runs anywhere yet, hence never more than P2 off the default branch. */
export function assess(judgements: readonly Judgement[], onDefaultBranch: boolean): Assessment {
  const denied = judgements.some(({ decision }) => decision.result === 'deny');
  const undecided = judgements.filter(({ decision }) => decision.result === 'undecided');
  const severity = worst(judgements);
  const standing = denied || undecided.some(({ graceOver }) => graceOver) ? 'blocked' : undecided.length > 0 ? 'waiting' : 'clear';
  return { standing, severity, priority: denied ? priorityOf(severity, onDefaultBranch) : 'P3' };
}

function worst(judgements: readonly Judgement[]): Severity {
  const present = new Set(
    judgements.flatMap(({ decision }) => decision.reasons.filter((reason) => reason.effect === 'deny').map((reason) => reason.severity)),
  );
  return severities.find((severity) => present.has(severity)) ?? 'medium';
}

function priorityOf(severity: Severity, onDefaultBranch: boolean): Priority {
  if (severity === 'critical') return onDefaultBranch ? 'P1' : 'P2';
  if (severity === 'high') return onDefaultBranch ? 'P2' : 'P3';
  return onDefaultBranch ? 'P3' : 'P4';
}
