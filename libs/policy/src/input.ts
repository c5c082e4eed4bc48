import type { Facts } from './facts.ts';
import type { Tolerance } from './tolerance.ts';
import type { Waiver } from './waiver.ts';

/** Version of everything that turns an input into a judgement; kept with each input so that a replay can tell a change of ours. */
export const evaluator = 'throughline 1; @marcbachmann/cel-js 8.0.0; re2js 2.10.0';

/** All that a judgement follows from, as canonical JSON. */
export interface Input {
  readonly facts: Facts;
  readonly tolerance: Tolerance;
  readonly waivers: readonly Waiver[];
  /** Time of the judgement, ISO 8601 UTC: the only clock. */
  readonly at: string;
  readonly evaluator: string;
}
