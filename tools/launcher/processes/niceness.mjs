import { getPriority } from 'node:os';

/**
 * How much the broker, and what Postgres does for the flow, give way to what callers wait for, in steps of nice. Little: who waits
 * for a lock of theirs waits for them.
 */
export const BEHIND_CALLERS = 3;

const LAST = 19;

/**
 * The niceness that is so many steps behind this process: we may have been started behind others ourselves, and only root may step forward.
 * @param {number} steps
 */
export function behind(steps) {
  return Math.min(LAST, getPriority() + steps);
}
