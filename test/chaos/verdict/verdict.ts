import { sentAgain, type Entry } from '@throughline/testing';
import { TransportedFacts } from '../../journeys/transported-facts.ts';
import type { Stage } from '../stage.ts';
import { flow } from './flow.ts';
import { logged } from './logged.ts';
import { told } from './told.ts';

/** Checks by name, with what does not agree; all are empty when all is well. */
export type Verdict = Readonly<Record<string, readonly string[]>>;

/** All that a check reads: what was asked, and what lies on the broker. */
export interface Evidence {
  readonly stage: Stage;
  readonly history: readonly Entry[];
  readonly facts: TransportedFacts;
}

/**
 * The window outside: a message that its receiver has may come once more, under its key, when something strikes the notifier
 * before the note of that message is committed. Its answer takes fifteen seconds at most, and a statement thirty.
 */
const windowMs = 45_000;

/** Compares what was acknowledged with what is there, at every place where it left something. */
export async function verdictOf(stage: Stage): Promise<Verdict> {
  const history = stage.history.entries;
  const { infra, prefix } = stage.shop.platform;
  const evidence = { stage, history, facts: await TransportedFacts.read(infra, prefix) };
  const shakes = ({ victims = [] }: Entry): boolean => victims.includes('notifier');
  return {
    ...(await logged(evidence)),
    ...(await flow(evidence)),
    ...(await told(evidence)),
    'messages sent again outside of the window': sentAgain(history, { f: 'told', shakes, windowMs }),
  };
}
