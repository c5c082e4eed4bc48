import { randomUUID } from 'node:crypto';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import type { Infra } from './infra.ts';

/** A record on the broker. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The broker as its administrator: reads every record and writes any. */
export class Broker {
  private readonly kafka: Kafka;

  constructor({ brokers, kafkaAdmin: { username, password = '' } }: Infra) {
    const sasl = username ? ({ mechanism: 'scram-sha-256', username, password } as const) : undefined;
    this.kafka = new Kafka({ brokers: [...brokers], sasl, logLevel: logLevel.NOTHING });
  }

  /** All records of a topic up to its end as it is now. */
  async records(topic: string): Promise<SeenRecord[]> {
    const ends = await this.ends(topic);
    const seen: SeenRecord[] = [];
    if (ends.size === 0) return seen;
    const consumer = this.kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
    const complete = Promise.withResolvers<void>();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message: { offset, key, value, headers = {} } }) => {
        const text = Object.entries(headers).map(([name, header]) => [name, String(header)]);
        seen.push({
          topic,
          partition,
          offset,
          key: String(key),
          value: String(value),
          headers: Object.fromEntries(text) as Record<string, string>,
        });
        if (BigInt(offset) + 1n >= ends.get(partition)!) ends.delete(partition);
        if (ends.size === 0) complete.resolve();
        return Promise.resolve();
      },
    });
    await complete.promise;
    await consumer.disconnect();
    return seen;
  }

  /** Writes records as they are, also such as no service would write. */
  async send(topic: string, ...records: readonly { key: string; value: string; headers: Record<string, string> }[]): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: [...records] });
    await producer.disconnect();
  }

  /** Changes settings of a topic; all others return to their defaults. */
  async configure(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }] });
    await admin.disconnect();
  }

  /** Forgets how far the groups have read, as a broker does after a long time without them; they must have no members. */
  async forgetGroups(prefix: string): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const { groups } = await admin.listGroups();
      const own = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(prefix));
      await admin.deleteGroups(own);
    } finally {
      await admin.disconnect();
    }
  }

  /** Consumer groups with records that they have not finished, as `group topic partition`. */
  async behind(groupPrefix: string): Promise<string[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const { groups } = await admin.listGroups();
      const own = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(groupPrefix));
      const behind: string[] = [];
      for (const groupId of own) {
        for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
          const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, { high, low }]));
          for (const { partition, offset } of partitions) {
            const { high, low } = ends.get(partition)!;
            if (high !== low && BigInt(offset) < BigInt(high)) behind.push(`${groupId} ${topic} ${partition}`);
          }
        }
      }
      return behind;
    } finally {
      await admin.disconnect();
    }
  }

  /** Ends of the partitions that are not empty. */
  private async ends(topic: string): Promise<Map<number, bigint>> {
    const admin = this.kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return new Map(offsets.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]));
  }
}
