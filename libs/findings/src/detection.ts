import type { Detection } from '@throughline/contracts';

/** A run of a tool over one commit of a line. */
export interface AppliedRun {
  readonly outcome: 'completed' | 'failed';
  /** Position of its commit on the line. */
  readonly position: number;
  /** It covered everything, and who made it is trusted to close findings. */
  readonly closes: boolean;
  /** It says nothing about what it does not name. */
  readonly partial?: boolean;
  /** Highest position of a completed run of this lineage so far. */
  readonly applied?: number;
  /** Highest position of a failed run of this lineage so far. */
  readonly failed?: number;
  /** Findings that are absent because the statement they lean on was withdrawn. */
  readonly retracted?: ReadonlySet<string>;
  /** Findings on which the run could not decide. */
  readonly undecided?: ReadonlySet<string>;
}

/** A finding's state on a line moves; `from` is absent when it is seen on this line for the first time. */
export interface DetectionChange {
  readonly finding: string;
  readonly from?: Detection;
  readonly to: Detection;
}

/** From the state that counts most to the one that counts least, over all lines of a finding. */
export const detectionOrder: readonly Detection[] = ['open', 'not_evaluated', 'not_seen', 'resolved', 'retracted'];

const present: ReadonlySet<Detection> = new Set<Detection>(['open', 'not_evaluated', 'not_seen']);

/**
 * What a run changes on its line. Only a completed run that closes resolves; a failed one makes open findings not
 * evaluated; a run below the last applied position only adds sightings. The same run again changes nothing, and any order
 * of runs ends in the same states.
 */
export function applyRun(states: ReadonlyMap<string, Detection>, seen: ReadonlySet<string>, run: AppliedRun): readonly DetectionChange[] {
  if (run.outcome === 'failed') return run.position > (run.applied ?? -1) ? unevaluated(states) : [];
  const found = firstDetection(run);
  if (run.position < (run.applied ?? 0)) return sightedEarlier(states, seen, found);
  const changes: DetectionChange[] = [];
  for (const finding of seen) push(changes, finding, states.get(finding), found);
  if (run.partial) return changes;
  for (const [finding, from] of states) {
    if (!seen.has(finding) && present.has(from)) push(changes, finding, from, absentState(finding, from, run));
  }
  return changes;
}

/** The state of a finding that a completed run is the first to see on its line. */
export function firstDetection({ position, partial, applied, failed }: Omit<AppliedRun, 'outcome' | 'closes'>): Detection {
  if (position < (applied ?? 0)) return partial ? 'not_seen' : 'resolved';
  return position < (failed ?? 0) ? 'not_evaluated' : 'open';
}

/** The one state of a finding over all lines on which it was seen. */
export function detectionOver(states: readonly Detection[]): Detection {
  return detectionOrder.find((detection) => states.includes(detection)) ?? 'not_seen';
}

/** How far a lineage has come after a run. */
export function progressAfter(run: AppliedRun): { readonly applied?: number; readonly failed?: number } {
  const key = run.outcome === 'completed' ? 'applied' : 'failed';
  const { applied, failed } = run;
  return {
    ...(applied !== undefined && { applied }),
    ...(failed !== undefined && { failed }),
    [key]: Math.max(run[key] ?? -1, run.position),
  };
}

function absentState(finding: string, from: Detection, run: AppliedRun): Detection {
  if (run.retracted?.has(finding)) return 'retracted';
  if (run.undecided?.has(finding)) return 'not_evaluated';
  if (run.closes) return 'resolved';
  return from === 'open' ? 'not_seen' : from;
}

function unevaluated(states: ReadonlyMap<string, Detection>): readonly DetectionChange[] {
  return [...states].flatMap(([finding, from]) => (from === 'open' ? [{ finding, from, to: 'not_evaluated' as const }] : []));
}

/** Seen in an older commit, and a newer one without it was applied already: it is gone, or at least was not seen since. */
function sightedEarlier(states: ReadonlyMap<string, Detection>, seen: ReadonlySet<string>, to: Detection): readonly DetectionChange[] {
  return [...seen].flatMap((finding) => (states.has(finding) ? [] : [{ finding, to }]));
}

function push(changes: DetectionChange[], finding: string, from: Detection | undefined, to: Detection): void {
  if (from === to) return;
  changes.push(from === undefined ? { finding, to } : { finding, from, to });
}
