import type { NewWork } from '@throughline/messaging';

/** Kind of the work that does what a comment asks for. */
export const commandsKind = 'run-commands';

/** Which delivery told the comment. */
export interface CommandWork {
  readonly delivery: string;
}

export function commandsOf(delivery: string): NewWork {
  return { kind: commandsKind, payload: { delivery } satisfies CommandWork, dedupe: delivery, priority: 'interactive' };
}
