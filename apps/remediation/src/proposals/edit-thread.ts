import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FixRefused } from '../fixers/fixer.ts';
import type { EditAnswer, EditOrder } from './edit-order.ts';

const limitMs = 30_000;

/** Makes an edit in a thread of its own, which ends with it. Throws `FixRefused`, also when it takes too long. */
export async function editInThread(order: EditOrder): Promise<Extract<EditAnswer, { diff: string }>> {
  const source = extname(import.meta.url) === '.ts';
  const worker = new Worker(new URL(`./edit.worker${source ? '.ts' : '.js'}`, import.meta.url), {
    workerData: order,
    execArgv: source ? ['--conditions=@throughline/source'] : [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 },
  });
  const answer = await answerOf(worker);
  if ('refused' in answer) throw new FixRefused(answer.refused);
  if ('failed' in answer) throw new Error(`the edit failed: ${answer.failed}`);
  return answer;
}

async function answerOf(worker: Worker): Promise<EditAnswer> {
  const answered = Promise.withResolvers<EditAnswer>();
  worker.once('message', answered.resolve);
  worker.once('error', answered.reject);
  worker.once('exit', () => answered.reject(new Error('the thread that edits ended without an answer')));
  const timer = setTimeout(() => answered.resolve({ refused: `the files could not be edited within ${limitMs / 1000} s` }), limitMs);
  try {
    return await answered.promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
