import { setTimeout as sleep } from 'node:timers/promises';
import type { History, Noted } from '@throughline/testing';
import type { Random } from './random.ts';

/** What a process of the workload goes by. */
export interface Pace {
  readonly history: History;
  readonly random: Random;
  /** Whether there is more to do; asked before each operation. */
  readonly goesOn: () => boolean;
  /** Waits until the next small event is due; the whole workload has one beat. */
  readonly due: () => Promise<void>;
  /** Between two pushes of one repository. */
  readonly pauseMs: number;
}

type Operation = Pick<Noted, 'process' | 'f' | 'value'>;

/** So long a sender goes on: longer than any fault takes on a machine that has other things to do. */
const patienceMs = 300_000;

/** Notes an operation and tries it until it is acknowledged; a refusal is the end. True when it was acknowledged. */
export async function untilAcknowledged(history: History, operation: Operation, attempt: () => Promise<number>): Promise<boolean> {
  const until = performance.now() + patienceMs;
  history.note({ type: 'invoke', ...operation });
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    const { type, error } = await outcomeOf(attempt);
    if (type !== 'info') {
      history.note({ type, ...operation, ...(error !== undefined && { error }) });
      return type === 'ok';
    }
    if (performance.now() > until) {
      history.note({ type: 'info', ...operation, error: error ?? 'given up' });
      return false;
    }
    await sleep(pause);
  }
}

/** 202 is a promise. What is refused for good was the workload's mistake; of all else nobody knows. */
async function outcomeOf(attempt: () => Promise<number>): Promise<{ readonly type: 'ok' | 'info' | 'fail'; readonly error?: string }> {
  try {
    const status = await attempt();
    if (status === 202) return { type: 'ok' };
    const final = status >= 400 && status < 500 && ![401, 404, 408, 409, 429].includes(status);
    return { type: final ? 'fail' : 'info', error: `answered ${status}` };
  } catch (error) {
    return { type: 'info', error: String((error as Error).message).slice(0, 200) };
  }
}
