import type { ServiceName } from '@throughline/contracts';
import type { Stage } from './stage.ts';

/** Who is struck: while a fault holds them, no other one touches them. */
export type Victim = ServiceName | 'broker' | 'postgres';

export interface FaultOptions {
  /** How long a service stands still. */
  readonly stopMs: number;
  /** How long a way is bad, or a clock wrong. */
  readonly outageMs: number;
  /** How long a point is waited for: the machine may be slow, the service idle. */
  readonly patienceMs: number;
}

/** Something that goes wrong. It resolves when all that it struck is ready again. */
export interface Fault {
  readonly name: string;
  /** Several of one kind are one line of a report. */
  readonly kind: string;
  readonly victims: readonly Victim[];
  readonly run: (stage: Stage, o: FaultOptions) => Promise<void>;
}

/** A fault that did not come to strike. */
export class Missed extends Error {}
