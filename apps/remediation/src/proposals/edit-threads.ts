import type { Worker } from 'node:worker_threads';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { nextMessage, startThread } from '@throughline/service';
import { FixRefused, FixTooYoung } from '../fixers/version-change.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';
import type { EditAnswer, EditDelivery, EditOrder, MadeEdit } from './edit-order.ts';

const limitMs = 240_000;
const mostDocuments = 500;
/** So long a thread waits for another order: to start one costs more than most edits. */
const idleMs = 30_000;

type Fetch = (name: DocumentName) => Promise<FetchedDocument>;
type Ended = Exclude<EditAnswer, { readonly wanted: DocumentName }>;

/** Makes edits in threads, one at a time in each; what the fixer wants to know is fetched for it here. */
@Injectable()
export class EditThreads implements BeforeApplicationShutdown {
  private free: { readonly worker: Worker; readonly end: NodeJS.Timeout } | undefined;

  /** Throws `FixRefused`, also when it takes too long. */
  async edit(order: EditOrder, fetch: Fetch): Promise<MadeEdit> {
    const worker = this.taken() ?? this.start();
    let answer: Ended;
    try {
      answer = await answered(worker, order, fetch);
    } catch (error) {
      // It hangs, or waits for what it will not get.
      await worker.terminate();
      throw error;
    }
    await this.keep(worker);
    return madeOf(answer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.taken()?.terminate();
  }

  private start(): Worker {
    const worker = startThread(import.meta.url, 'edit.worker', { resourceLimits: { maxOldGenerationSizeMb: 1024, stackSizeMb: 4 } });
    // Whoever waits for an answer hears of its end; one that ends while it is free is not given to anybody.
    worker.on('error', () => undefined).on('exit', () => void (this.free?.worker === worker && this.taken()));
    return worker;
  }

  private taken(): Worker | undefined {
    const { worker, end } = this.free ?? {};
    clearTimeout(end);
    this.free = undefined;
    return worker;
  }

  private async keep(worker: Worker): Promise<void> {
    const end = setTimeout(() => void this.taken()?.terminate(), idleMs).unref();
    const other = this.taken();
    this.free = { worker, end };
    await other?.terminate();
  }
}

async function answered(worker: Worker, order: EditOrder, fetch: Fetch): Promise<Ended> {
  const deadline = Date.now() + limitMs;
  let answer = await answerTo(worker, order, limitMs);
  for (let documents = 0; 'wanted' in answer; documents += 1) {
    if (documents === mostDocuments) throw new FixRefused(`the fix depends on more than ${mostDocuments} packages`);
    const { wanted } = answer;
    const delivery: EditDelivery = { name: wanted, document: await fetch(wanted) };
    answer = await answerTo(worker, delivery, deadline - Date.now());
  }
  return answer;
}

async function answerTo(worker: Worker, message: EditOrder | EditDelivery, withinMs: number): Promise<EditAnswer> {
  const late = Promise.withResolvers<never>();
  const tooLong = new FixRefused(`the files could not be edited within ${limitMs / 1000} s`);
  const timer = setTimeout(() => late.reject(tooLong), Math.max(0, withinMs));
  const answer = nextMessage<EditAnswer>(worker, 'edits');
  try {
    worker.postMessage(message);
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => undefined);
  }
}

function madeOf(answer: Ended): MadeEdit {
  if ('made' in answer) return answer.made;
  if ('failed' in answer) throw new Error(`the edit failed: ${answer.failed}`);
  throw answer.until === undefined ? new FixRefused(answer.refused) : new FixTooYoung(answer.refused, new Date(answer.until));
}
