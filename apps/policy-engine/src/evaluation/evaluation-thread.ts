import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
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
    const reply = nextReply(worker);
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
    const source = extname(import.meta.url) === '.ts';
    const worker = new Worker(new URL(`./evaluation.worker${source ? '.ts' : '.js'}`, import.meta.url), {
      execArgv: source ? ['--conditions=@throughline/source'] : [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 },
    });
    worker.unref();
    this.worker = worker;
    worker.once('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    const ready = await atMost(startMs, nextReply(worker));
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

/** The next message of the thread; rejects when it ends instead. */
function nextReply(worker: Worker): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => () => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      end();
    };
    const onMessage = (message: Reply): void => settle(() => resolve(message))();
    const onError = (error: Error): void => settle(() => reject(error))();
    const onExit = (): void => settle(() => reject(new Error('the thread that evaluates policies ended')))();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

/** Milliseconds of processor time that the thread has used. */
async function timeOf(worker: Worker): Promise<number> {
  const { user, system } = await worker.cpuUsage();
  return (user + system) / 1000;
}
