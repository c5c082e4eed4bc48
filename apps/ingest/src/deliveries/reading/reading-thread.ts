import type { Worker } from 'node:worker_threads';
import { nextMessage, Problem, startThread } from '@throughline/service';
import type { Orders, Refusal } from './orders.ts';

/** A body that lies where it is being worked on; afterwards it is here again. */
export interface LentBody {
  bytes: Buffer;
}

interface Reply {
  /** JSON of `{ is }`. */
  readonly answer?: string;
  readonly refused?: Refusal;
  readonly failed?: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One body takes a second; the machine may be busy. */
const limitMs = 60_000;
const does = 'reads deliveries';

/** The thread that reads large bodies, one after the other. It is started by the first of them, and anew after an end. */
export class ReadingThread {
  private worker: Worker | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  /** Throws `Problem` 4xx for a body that cannot be read, 503 for one that took too long. */
  ask<T extends keyof Orders>(task: T, order: Orders[T]['order'], body: LentBody): Promise<Orders[T]['answer']> {
    const turn = this.tail.then(() => this.send(task, order, body));
    this.tail = turn.catch(() => undefined);
    return turn as Promise<Orders[T]['answer']>;
  }

  async end(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async send(task: keyof Orders, order: object, body: LentBody): Promise<unknown> {
    const worker = await this.started();
    const bytes = ownBuffer(body.bytes);
    const reply = nextMessage<Reply>(worker, does);
    worker.postMessage({ task, order, bytes }, [bytes.buffer]);
    const { answer, refused, failed, bytes: back } = await this.within(reply);
    body.bytes = Buffer.from(back.buffer, back.byteOffset, back.byteLength);
    if (refused) throw new Problem(refused.status, refused.code, refused.detail);
    if (failed !== undefined) throw new Error(`a delivery could not be read: ${failed}`);
    return (JSON.parse(answer ?? '{}') as { is?: unknown }).is;
  }

  private async started(): Promise<Worker> {
    if (this.worker) return this.worker;
    const worker = startThread(import.meta.url, 'reading.worker', { resourceLimits: { maxOldGenerationSizeMb: 512 } });
    worker.unref();
    this.worker = worker;
    worker.once('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    await this.within(nextMessage(worker, does));
    return worker;
  }

  private async within<R>(reply: Promise<R>): Promise<R> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Problem(503, 'unavailable', 'the body could not be read in time: send it again')), limitMs);
    });
    try {
      return await Promise.race([reply, late]);
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The bytes in a buffer of their own, which can be handed over; what Node pools belongs to others too. */
function ownBuffer(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const whole = bytes.buffer instanceof ArrayBuffer && bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.byteLength;
  return whole ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
}
