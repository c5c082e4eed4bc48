import { Kafka, logLevel } from 'kafkajs';
import { encodeHeaders, encodeValue, envelopeFor, factMeta, topicName, type FactClass, type NewFact } from '@throughline/contracts';
import type { Infra, Platform } from '@throughline/testing';

/** Writes facts as their owners would, for tests of one service alone. */
export interface FactPublisher {
  publish(...facts: readonly NewFact[]): Promise<void>;
  close(): Promise<void>;
}

export async function factPublisher(infra: Infra, platform: Platform): Promise<FactPublisher> {
  const { username, password } = infra.kafkaAdmin;
  const kafka = new Kafka({
    clientId: 'tests',
    brokers: [...infra.brokers],
    logLevel: logLevel.NOTHING,
    ...(username && password && { sasl: { mechanism: 'scram-sha-256', username, password } }),
  });
  const producer = kafka.producer();
  await producer.connect();
  return {
    async publish(...facts) {
      for (const draft of facts) {
        const meta = factMeta(draft.fact.constructor as FactClass);
        const value = encodeValue(draft.fact);
        const headers = encodeHeaders(envelopeFor(draft, value));
        await producer.send({ topic: topicName(meta.topic, platform.prefix), messages: [{ key: meta.key(draft.fact), value, headers }] });
      }
    },
    close: () => producer.disconnect(),
  };
}
