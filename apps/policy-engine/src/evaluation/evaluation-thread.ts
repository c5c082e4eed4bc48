import type { Worker } from 'node:worker_threads';
import { nextMessage, startThread } from '@throughline/service';
import type { Question, Questions } from './orders.ts';

/** The thread used more time than a question may take; it was ended. */
export class TookTooLong extends Error {
  readonly code = 'took_too_long';

  constructor(limitMs: number) {
    super(`it took longer than ${limitMs} ms`);
  }
}

/** The wall may take so many times the limit: other work on the machine is nothing that a policy did. */
const patience = 20;
const startMs = 30_000;
const does = 'evaluates policies';

interface Reply {
  readonly answer?: unknown;
  readonly error?: string;
}

/** One thread that evaluates. Policies run here and nowhere else, so that none can hold up the service. */
export class EvaluationThread {
  private worker: Worker | undefined;

  /** Asks and waits at most `limitMs` of the thread's own time; throws `TookTooLong` and starts anew at the next question. */
  async ask<Q extends Question>(question: Q, asked: Questions[Q]['ask'], limitMs: number): Promise<Questions[Q]['answer']> {
    const worker = await this.started();
    const reply = nextMessage<Reply>(worker, does);
    reply.catch(() => undefined);
    const before = await timeOf(worker);
    worker.postMessage({ question, asked });
    const { answer, error } = await this.within(worker, reply, before, limitMs);
    if (error !== undefined) throw new Error(error);
    return answer as Questions[Q]['answer'];
  }

  async end(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async started(): Promise<Worker> {
    if (this.worker) return this.worker;
    const worker = startThread(import.meta.url, 'evaluation.worker', { resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 } });
    worker.unref();
    this.worker = worker;
    worker.once('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    const ready = await atMost(startMs, nextMessage(worker, does));
    if (ready === late) {
      await this.end();
      throw new Error(`the thread that evaluates policies did not start within ${startMs} ms`);
    }
    return worker;
  }

  private async within(worker: Worker, reply: Promise<Reply>, before: number, limitMs: number): Promise<Reply> {
    const start = performance.now();
    for (let wait = limitMs; ;) {
      const answered = await atMost(wait, reply);
      if (answered !== late) return answered;
      const used = (await timeOf(worker)) - before;
      if (used >= limitMs || performance.now() - start > limitMs * patience) break;
      wait = Math.max(5, limitMs - used);
    }
    await this.end();
    throw new TookTooLong(limitMs);
  }
}

const late = Symbol('late');

async function atMost<T>(ms: number, work: Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds of processor time that the thread has used. */
async function timeOf(worker: Worker): Promise<number> {
  const { user, system } = await worker.cpuUsage();
  return (user + system) / 1000;
}
