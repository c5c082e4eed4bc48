import type { Worker } from 'node:worker_threads';
import { nextMessage, startThread } from '@throughline/service';
import { FixRefused, FixTooYoung } from '../fixers/version-change.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';
import type { EditAnswer, EditDelivery, EditOrder, MadeEdit } from './edit-order.ts';

const limitMs = 240_000;
const mostDocuments = 500;

/**
 * Makes an edit in a thread of its own, which ends with it; what the fixer wants to know is fetched for it here. Throws
 * `FixRefused`, also when it takes too long.
 */
export async function editInThread(order: EditOrder, fetch: (name: DocumentName) => Promise<FetchedDocument>): Promise<MadeEdit> {
  const resourceLimits = { maxOldGenerationSizeMb: 1024, stackSizeMb: 4 };
  const worker = startThread(import.meta.url, 'edit.worker', { workerData: order, resourceLimits });
  const deadline = Date.now() + limitMs;
  try {
    for (let documents = 0; documents <= mostDocuments; documents += 1) {
      const answer = await answerOf(worker, deadline - Date.now());
      if ('made' in answer) return answer.made;
      if ('refused' in answer)
        throw answer.until === undefined ? new FixRefused(answer.refused) : new FixTooYoung(answer.refused, new Date(answer.until));
      if ('failed' in answer) throw new Error(`the edit failed: ${answer.failed}`);
      const { wanted } = answer;
      worker.postMessage({ name: wanted, document: await fetch(wanted) } satisfies EditDelivery);
    }
    throw new FixRefused(`the fix depends on more than ${mostDocuments} packages`);
  } finally {
    await worker.terminate();
  }
}

async function answerOf(worker: Worker, withinMs: number): Promise<EditAnswer> {
  const late = Promise.withResolvers<EditAnswer>();
  const tooLong = { refused: `the files could not be edited within ${limitMs / 1000} s` };
  const timer = setTimeout(() => late.resolve(tooLong), Math.max(0, withinMs));
  try {
    return await Promise.race([nextMessage<EditAnswer>(worker, 'edits'), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
