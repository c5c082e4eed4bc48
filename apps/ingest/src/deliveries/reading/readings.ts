import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Translation } from '@throughline/scm';
import { Problem } from '@throughline/service';
import type { ReadOrder, ReceivedDelivery, ReceiveOrder, VerifyOrder } from './orders.ts';
import { reading } from './reading.ts';
import { ReadingThread, type LentBody } from './reading-thread.ts';

/** Bodies above this are read in the thread: parsing them here would hold up everybody else. */
export const largeBytes = 256 * 1024;
const mostWaitingBytes = 128 * 1024 * 1024;

/** Verifies and reads bodies: small ones here and now, large ones in a thread. */
@Injectable()
export class Readings implements OnApplicationShutdown {
  private readonly thread = new ReadingThread();
  private waitingBytes = 0;

  /** Index of the secret that signed the body. */
  async verify(order: VerifyOrder, body: LentBody): Promise<number | undefined> {
    if (body.bytes.length <= largeBytes) return reading.verify(order, body.bytes);
    return this.bounded(body, () => this.thread.ask('verify', order, body));
  }

  /** Throws `Problem` 4xx for a body that cannot be read, 429 and 503 when it could not be read now; like `read`. */
  async receive(order: ReceiveOrder, body: LentBody): Promise<ReceivedDelivery> {
    if (body.bytes.length <= largeBytes) return reading.receive(order, body.bytes);
    return this.bounded(body, () => this.thread.ask('receive', order, body));
  }

  async read(order: ReadOrder, body: LentBody): Promise<Translation> {
    if (body.bytes.length <= largeBytes) return reading.read(order, body.bytes);
    return this.bounded(body, () => this.thread.ask('read', order, body));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.thread.end();
  }

  private async bounded<R>({ bytes: { length } }: LentBody, work: () => Promise<R>): Promise<R> {
    if (this.waitingBytes + length > mostWaitingBytes) {
      throw new Problem(429, 'too_many_requests', 'too many large deliveries are waiting to be read: send it again', [], {
        'retry-after': '5',
      });
    }
    this.waitingBytes += length;
    try {
      return await work();
    } finally {
      this.waitingBytes -= length;
    }
  }
}
