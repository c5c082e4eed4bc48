import type { Result } from '@throughline/contracts';
import type { Facts } from './facts.ts';
import type { Stance } from './tolerance.ts';

/** A case that a policy brings along: facts, and what it must say about them. */
export interface PolicyCase {
  readonly name: string;
  readonly facts: Facts;
  readonly stance: Stance;
  readonly expect: Result;
  /** Text of the reason, word for word, when the case states it. */
  readonly message?: string;
  readonly fix?: string;
  /** Ids of the findings that the reason must name. */
  readonly findings?: readonly string[];
}
