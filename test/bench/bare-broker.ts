import { randomUUID } from 'node:crypto';
import type { Infra } from '@throughline/testing';
import { Kafka, logLevel, type Consumer, type Producer } from 'kafkajs';

/** A producer and a consumer on a topic of their own, with the settings of our services and nothing around them. */
export class BareBroker {
  private constructor(
    private readonly topic: string,
    private readonly kafka: Kafka,
    private readonly producer: Producer,
    private readonly consumer: Consumer,
  ) {}

  static async open({ brokers, kafkaAdmin: { username, password = '' } }: Infra, arrivals: Map<string, bigint>): Promise<BareBroker> {
    const sasl = username ? ({ mechanism: 'scram-sha-256', username, password } as const) : undefined;
    const kafka = new Kafka({ brokers: [...brokers], sasl, logLevel: logLevel.NOTHING });
    const topic = `bare.${randomUUID()}`;
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 4 }] });
    await admin.disconnect();
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 300 });
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({ topic, fromBeginning: true });
    const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()));
    await consumer.run({
      partitionsConsumedConcurrently: 4,
      eachBatch: ({ batch }) => {
        const now = process.hrtime.bigint();
        for (const { key } of batch.messages) arrivals.set(String(key), now);
        return Promise.resolve();
      },
    });
    await joined;
    return new BareBroker(topic, kafka, producer, consumer);
  }

  async send(names: readonly string[]): Promise<void> {
    await this.producer.send({ topic: this.topic, acks: -1, messages: names.map((name) => ({ key: name, value: 'x'.repeat(300) })) });
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [this.topic] });
    await admin.disconnect();
  }
}
