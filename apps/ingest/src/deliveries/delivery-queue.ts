import { Injectable } from '@nestjs/common';
import { isDatabaseAway, Problem } from '@throughline/service';
import { MicroBatch, MicroBatchFull } from '../batching/micro-batch.ts';
import { weightOf, type Candidate } from './candidate.ts';
import { DeliveryWriter, type Written } from './delivery-writer.ts';

const limits = { items: 200, bytes: 4 * 1024 * 1024, waitMs: 5, waitingBytes: 64 * 1024 * 1024 };

/** Joins deliveries that arrive together into one transaction, so that strangers share its cost but never its fate. */
@Injectable()
export class DeliveryQueue {
  private readonly batch: MicroBatch<Candidate, Written>;

  constructor(writer: DeliveryWriter) {
    this.batch = new MicroBatch((candidates) => writer.write(candidates), isDatabaseAway, limits);
  }

  /** Resolves when the delivery and its facts are committed. Throws `Problem` 429 or 503. */
  async add(candidate: Candidate): Promise<Written> {
    try {
      return await this.batch.add(candidate, weightOf(candidate));
    } catch (error) {
      if (error instanceof MicroBatchFull) {
        throw new Problem(429, 'too_many_requests', 'too many deliveries are waiting to be written: send it again', [], {
          'retry-after': '2',
        });
      }
      if (isDatabaseAway(error)) {
        throw new Problem(503, 'unavailable', 'the database is away: send it again', [], { 'retry-after': '5' });
      }
      throw error;
    }
  }
}
