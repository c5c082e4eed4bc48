import { Injectable } from '@nestjs/common';
import { Log, ServiceConfig } from '@throughline/service';
import { Kafka, logLevel, type KafkaConfig, type LogEntry, type RetryOptions, type SASLOptions } from 'kafkajs';
import { OpenSockets } from './open-sockets.ts';
import './quiet-request-queues.ts';

/** A relay that cannot send has more to do than to try again: it gives its transaction back. */
const forProducers: RetryOptions = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 };

/** Through an outage of some minutes a member keeps its place; joining anew would wait until the old one expired. */
const forConsumers: RetryOptions = { retries: 100, initialRetryTime: 200, maxRetryTime: 1_000 };

/** How this service reaches the broker: its own principal, time limits, and kafkajs' log lines in ours. */
@Injectable()
export class KafkaConnection {
  readonly producers: Kafka;
  readonly consumers: Kafka;
  readonly prefix: string;
  private readonly sockets = new OpenSockets();

  constructor(config: ServiceConfig, log: Log) {
    this.prefix = config.topicPrefix;
    const common: KafkaConfig = {
      clientId: config.serviceName,
      brokers: [...config.kafkaBrokers],
      ssl: config.kafkaSsl,
      sasl: credentials(config),
      connectionTimeout: 3_000,
      requestTimeout: 8_000,
      socketFactory: this.sockets.factory,
      logCreator: () => (entry) => write(log, entry),
    };
    this.producers = new Kafka({ ...common, retry: forProducers });
    this.consumers = new Kafka({ ...common, retry: forConsumers });
  }

  /** When nobody uses the broker any more. */
  close(): void {
    this.sockets.close();
  }
}

function credentials({ kafkaUsername, kafkaPassword }: ServiceConfig): SASLOptions | undefined {
  if (!kafkaUsername) return undefined;
  return { mechanism: 'scram-sha-256', username: kafkaUsername, password: kafkaPassword ?? '' };
}

/** kafkajs calls an error what it then repeats by itself: what matters to an operator is our readiness. */
function write(log: Log, { level, namespace, log: { message, error, groupId, broker } }: LogEntry): void {
  const fields = { from: `kafkajs ${namespace}`, error: error as unknown, groupId: groupId as unknown, broker: broker as unknown };
  const repeated = level > logLevel.ERROR || namespace === 'Connection' || namespace === 'BrokerPool';
  log[repeated ? 'debug' : 'warn'](fields, message);
}
