import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an expectation until it holds; after `withinMs` its last failure is the test's. */
export async function eventually<T>(expectation: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() + pause > until) throw error;
      await sleep(pause);
    }
  }
}
