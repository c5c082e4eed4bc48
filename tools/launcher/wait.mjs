import { setTimeout as pause } from 'node:timers/promises';
import { LauncherError } from './errors.mjs';

/**
 * Asks again until the answer is truthy. An error of `ask` counts as "not yet", and is the cause when time is over; one that
 * only a person can mend is thrown at once.
 * @template T
 * @param {() => Promise<T> | T} ask
 * @param {{ within: number, every?: number, what: string, unless?: () => void }} options
 *   milliseconds; `unless` throws to give up early
 * @returns {Promise<T>}
 */
export async function eventually(ask, { within, every = 100, what, unless }) {
  const end = Date.now() + within;
  let cause;
  for (;;) {
    unless?.();
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      if (error instanceof LauncherError) throw error;
      cause = error;
    }
    if (Date.now() >= end) throw new Error(`Gave up waiting for ${what} after ${Math.round(within / 1000)} s`, { cause });
    await pause(every);
  }
}
