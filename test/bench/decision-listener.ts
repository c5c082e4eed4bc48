import { randomUUID } from 'node:crypto';
import { topicName, type DecisionMade } from '@throughline/contracts';
import { eventually, type Infra } from '@throughline/testing';
import { Kafka, logLevel, type Consumer } from 'kafkajs';

/** Hears of decisions as soon as they are on the broker. */
export class DecisionListener {
  private readonly heard = new Map<string, bigint>();

  private constructor(private readonly consumer: Consumer) {}

  static async open({ brokers, kafkaAdmin: { username, password = '' } }: Infra, prefix: string): Promise<DecisionListener> {
    const sasl = username ? ({ mechanism: 'scram-sha-256', username, password } as const) : undefined;
    const kafka = new Kafka({ brokers: [...brokers], sasl, logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 300 });
    const listener = new DecisionListener(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: topicName('decision', prefix) });
    const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()));
    await consumer.run({ autoCommit: false, eachMessage: ({ message }) => Promise.resolve(listener.note(String(message.value))) });
    await joined;
    return listener;
  }

  /** When a final decision about the commit was heard first. */
  async decided(commit: string, withinMs = 240_000): Promise<bigint> {
    return eventually(() => {
      const at = this.heard.get(commit);
      if (at === undefined) throw new Error(`nothing was decided about ${commit}`);
      return at;
    }, withinMs);
  }

  close(): Promise<void> {
    return this.consumer.disconnect();
  }

  private note(value: string): void {
    const { subject, result } = JSON.parse(value) as DecisionMade;
    if (result !== 'undecided' && subject.commit !== undefined && !this.heard.has(subject.commit)) {
      this.heard.set(subject.commit, process.hrtime.bigint());
    }
  }
}
