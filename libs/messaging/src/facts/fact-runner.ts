import { Injectable } from '@nestjs/common';
import { factMeta, type FactClass } from '@throughline/contracts';
import { Log } from '@throughline/service';
import { episode, inSpan } from '@throughline/telemetry';
import { Measures, timed } from '../measures.ts';
import { deliveredTo } from './deliveries.ts';
import type { Consumer, FactHandler } from './fact-handlers.ts';
import { readRecord, traceOf, traceparentOf, type FactRecord } from './record.ts';

/** A record that is a valid fact for one of the consumer's handlers. */
export interface Delivery {
  readonly record: FactRecord;
  readonly fact: object;
  readonly type: string;
  /** What comes later of its key waits behind it. */
  readonly ordered: boolean;
  readonly handler: FactHandler;
  readonly consumer: string;
}

/** Reads records for a consumer and calls its handlers, each call in its span. */
@Injectable()
export class FactRunner {
  constructor(
    private readonly log: Log,
    private readonly measures: Measures,
  ) {}

  /** The delivery of a record, `undefined` for one that is not for this consumer; throws `FactRefused`. */
  read(consumer: Consumer, record: FactRecord): Delivery | undefined {
    const reading = readRecord(record, consumer.handlers);
    if (reading.as === 'refused') throw reading.error;
    if (reading.as === 'skipped') {
      this.count(consumer, record, reading.why);
      return undefined;
    }
    const cls = reading.fact.constructor as FactClass;
    const handler = consumer.handlers.get(cls)!;
    if (!handler.when(reading.fact)) return undefined;
    const { type, ordered } = factMeta(cls);
    return {
      record,
      fact: deliveredTo(consumer.name, reading.fact),
      type,
      ordered,
      handler,
      consumer: consumer.name,
    };
  }

  /** One call of a handler, in a span of the first delivery's trace; each other trace has a span of its own beside it. */
  async run(deliveries: readonly Delivery[]): Promise<void> {
    const { handler, consumer } = deliveries[0]!;
    const labels = { consumer, type: theOne(deliveries.map(({ type }) => type)) ?? 'several' };
    const handle = (): Promise<void> => handler.handle(deliveries.map(({ fact }) => fact));
    const [first, ...others] = [...Map.groupBy(deliveries, ({ record }) => traceOf(record)).values()];
    const inFirst = (): Promise<void> => inSpanOf(first!, () => timed(this.measures.handlerSeconds, labels, handle));
    // Each has a parent of its own, or none: they lie beside one another, and the first is the one that is running.
    const inAll = others.reduce((inner, own) => () => inSpanOf(own, inner), inFirst);
    await inAll();
  }

  private count(consumer: Consumer, record: FactRecord, why: string): void {
    if (why === 'not_wanted') return;
    this.measures.skipped.add({ consumer: consumer.name, reason: why });
    const { topic, partition, offset } = record;
    const fields = { consumer: consumer.name, topic, partition, offset, why };
    if (why === 'wrong_writer') this.log.error(fields, 'a record does not come from the writer of its type and is dropped');
    else this.log.debug(fields, 'a record of an unknown type is skipped');
  }
}

/** A span in the trace that all of the deliveries belong to. */
function inSpanOf(deliveries: readonly Delivery[], work: () => Promise<void>): Promise<void> {
  const { record, consumer } = deliveries[0]!;
  const traceparent = traceparentOf(record);
  const topic = theOne(deliveries.map((delivery) => delivery.record.topic));
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    ...(topic !== undefined && { 'messaging.destination.name': topic }),
    'messaging.consumer.group.name': consumer,
    'messaging.batch.message_count': deliveries.length,
  };
  const continuation = episode(traceparent ? { traceparent } : undefined, Date.now() - record.sentAt);
  return inSpan(`process ${topic ?? 'facts'}`, { kind: 'consumer', ...continuation, attributes }, work);
}

/** What all of them are; undefined when they differ. */
function theOne(values: readonly string[]): string | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}
