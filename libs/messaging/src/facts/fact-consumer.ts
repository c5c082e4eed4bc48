import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Log } from '@throughline/service';
import type { Consumer as KafkaConsumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { backOff } from '../failures.ts';
import { KafkaConnection } from '../kafka/kafka-connection.ts';
import { within } from '../limits.ts';
import type { Consumer } from './fact-handlers.ts';
import { Gathering } from './gathering.ts';
import { HandledOffsets } from './handled-offsets.ts';
import { Intake, type Partition } from './intake.ts';
import type { FactRecord } from './record.ts';

/** After a SIGKILL the broker keeps the partitions of the dead member for so long. */
const sessionMs = 10_000;
const beatMs = 2_000;
const silenceMs = 8_000;
const disconnectMs = 10_000;
/** Records go out as soon as there are any; this is only how long an idle fetch, and with it a stop, may take. */
const idleFetchMs = 1_000;
const maxBytesPerPartition = 256 * 1024;
/** Of a consumer that takes one partition after the other, and of one that takes all of a fetch together. */
const atOnce = { each: 4, together: 256 };

type Batch = EachBatchPayload['batch'];

/** Opens consumers on this service's broker. */
@Injectable()
export class FactConsumers {
  constructor(
    private readonly connection: KafkaConnection,
    private readonly intake: Intake,
    private readonly log: Log,
  ) {}

  open(consumer: Consumer): FactConsumer {
    return new FactConsumer(consumer, this.connection, this.intake, this.log);
  }
}

/** One consumer group in this process: joins, reads, and starts anew when kafkajs gives up. */
export class FactConsumer {
  private running: KafkaConsumer | undefined;
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();
  private readonly joined = Promise.withResolvers<void>();
  private readonly stalls = new Map<string, string>();
  private readonly left = new Map<string, number>();
  private readonly offsets = new HandledOffsets();
  private readonly gathering: Gathering | undefined;
  private heardAt = 0;
  private failure: string | undefined = 'has not joined its group yet';

  constructor(
    readonly consumer: Consumer,
    private readonly connection: KafkaConnection,
    private readonly intake: Intake,
    private readonly log: Log,
  ) {
    if (consumer.mayWait) this.gathering = new Gathering((shares) => intake.take(consumer, shares));
  }

  /** Resolves when the group was joined for the first time, at the latest after `waitMs`; goes on trying afterwards. */
  async start(waitMs: number): Promise<void> {
    this.loop = this.consumeForEver();
    await within(waitMs, this.joined.promise);
  }

  /** Why facts do not come in, undefined when they do. */
  problem(): string | undefined {
    const [stall] = this.stalls;
    const silent = Date.now() - this.heardAt > silenceMs ? 'the broker does not answer' : undefined;
    return this.failure ?? silent ?? (stall && `${stall[0]}: ${stall[1]}`);
  }

  /** Records behind those that were handled, in the partitions that are ours. */
  lag(): number {
    return [...this.left.values()].reduce((sum, left) => sum + left, 0);
  }

  /** Lets the running handlers end. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.crash(undefined);
    await this.loop;
  }

  private crash: (error: Error | undefined) => void = () => undefined;

  private async consumeForEver(): Promise<void> {
    for (let attempt = 1; !this.stopped; attempt += 1) {
      const crashed = new Promise<Error | undefined>((resolve) => (this.crash = resolve));
      const kafkaConsumer = this.connect();
      try {
        const started = this.consume(kafkaConsumer);
        const error = await Promise.race([started.then(() => crashed), crashed]);
        if (error) throw error;
      } catch (error) {
        this.failure = (error as Error).message;
        this.log.warn({ consumer: this.consumer.name, attempt, error }, 'a consumer stopped and is started again');
      }
      await within(disconnectMs, this.offsets.commit());
      await within(disconnectMs, kafkaConsumer.disconnect());
      if (!this.stopped) await sleep(backOff(Math.min(attempt, 5), 250, 5_000));
    }
  }

  private connect(): KafkaConsumer {
    const kafkaConsumer = this.connection.consumers.consumer({
      groupId: this.connection.prefix + this.consumer.name,
      sessionTimeout: sessionMs,
      heartbeatInterval: beatMs,
      rebalanceTimeout: 20_000,
      maxWaitTimeInMs: idleFetchMs,
      maxBytesPerPartition,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    kafkaConsumer.on('consumer.group_join', () => {
      this.failure = undefined;
      // Another member may have what was ours.
      this.left.clear();
      this.heardAt = Date.now();
      this.joined.resolve();
    });
    for (const event of ['consumer.heartbeat', 'consumer.fetch'] as const) kafkaConsumer.on(event, () => (this.heardAt = Date.now()));
    // While the group gathers its members, what they handled is still taken.
    kafkaConsumer.on('consumer.rebalancing', () => void this.offsets.commit());
    kafkaConsumer.on('consumer.crash', ({ payload }) => this.crash(payload.error));
    return kafkaConsumer;
  }

  private async consume(kafkaConsumer: KafkaConsumer): Promise<void> {
    await kafkaConsumer.connect();
    await kafkaConsumer.subscribe({ topics: this.consumer.topics.map((topic) => this.connection.prefix + topic), fromBeginning: true });
    await kafkaConsumer.run({
      eachBatchAutoResolve: false,
      autoCommit: false,
      partitionsConsumedConcurrently: this.consumer.mayWait ? atOnce.together : atOnce.each,
      eachBatch: (payload) => this.take(payload),
    });
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    this.left.set(nameOf(batch), leftAfter(batch, String(BigInt(batch.firstOffset() ?? batch.highWatermark) - 1n)));
    const rest = this.gathering?.rest();
    if (rest) return rest;
    await this.handle(payload);
    // While there is more to be read it has gathered long enough.
    if (this.lag() === 0) this.gathering?.drained();
  }

  /** Beats by a timer: a handler may take longer than a session, and must not lose its partition for that. */
  private async handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const name = nameOf(batch);
    let lost = false;
    const timer = setInterval(() => {
      payload.heartbeat().catch(() => (lost = true));
    }, beatMs);
    const partition: Partition = {
      goesOn: () => !this.stopped && !lost && payload.isRunning() && !payload.isStale(),
      resolved: (offset) => {
        payload.resolveOffset(offset);
        this.left.set(name, leftAfter(batch, offset));
      },
      stalled: (reason) => (reason === undefined ? this.stalls.delete(name) : this.stalls.set(name, reason)),
    };
    const share = { records: batch.messages.map((message) => this.recordOf(batch, message)), partition };
    try {
      await (this.gathering ? this.gathering.take(share) : this.intake.take(this.consumer, [share]));
    } finally {
      clearInterval(timer);
      this.stalls.delete(name);
      this.offsets.note(payload);
      if (!payload.isRunning()) await this.offsets.commit();
    }
  }

  private recordOf({ topic, partition }: Batch, message: KafkaMessage): FactRecord {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(message.headers ?? {})) {
      const first = Array.isArray(value) ? value[0] : value;
      if (first !== undefined) headers[name] = first.toString();
    }
    const sentAt = Number(message.timestamp);
    return {
      topic: topic.slice(this.connection.prefix.length),
      partition,
      offset: message.offset,
      key: message.key?.toString() ?? '',
      headers,
      value: message.value,
      sentAt: sentAt > 0 && sentAt < 32_503_680_000_000 ? sentAt : Date.now(),
    };
  }
}

function nameOf({ topic, partition }: Batch): string {
  return `${topic} ${partition}`;
}

function leftAfter({ highWatermark }: Batch, offset: string): number {
  return Math.max(0, Number(BigInt(highWatermark) - BigInt(offset)) - 1);
}
