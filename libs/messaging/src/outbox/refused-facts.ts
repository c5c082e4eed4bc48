import { Injectable } from '@nestjs/common';
import { ServiceConfig, type Tx } from '@throughline/service';
import { applicationOf, type FactRecord } from '../facts/record.ts';
import { describeFailure } from '../failures.ts';
import { HeldRecordRows } from '../held-records/held-record-rows.ts';
import type { OutboxFact } from './outbox-rows.ts';

/** Held records of this consumer are facts that never left: a replay puts them into the outbox again. */
export function outboxConsumer(service: string): string {
  return `${service}.outbox`;
}

/** Puts facts aside that the broker will never take, so that the others go on. */
@Injectable()
export class RefusedFacts {
  constructor(
    private readonly config: ServiceConfig,
    private readonly held: HeldRecordRows,
  ) {}

  async hold(tx: Tx, fact: OutboxFact, error: Error): Promise<void> {
    const headers = JSON.parse(fact.headers) as Record<string, string>;
    const record: FactRecord = {
      topic: fact.topic,
      partition: -1,
      offset: fact.position,
      key: fact.key,
      headers: fact.carrier ? { ...headers, traceparent: fact.carrier } : headers,
      value: Buffer.from(fact.payload),
      sentAt: Date.now() - fact.waitedMs,
    };
    const hold = { consumer: outboxConsumer(this.config.serviceName), state: 'dead', ordered: false, attempts: 1 } as const;
    await this.held.hold(
      record,
      { ...hold, application: applicationOf(JSON.parse(fact.payload) as object), error: describeFailure(error) },
      tx,
    );
  }
}
