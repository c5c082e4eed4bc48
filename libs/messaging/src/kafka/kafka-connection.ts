import { Injectable } from '@nestjs/common';
import { Log, ServiceConfig } from '@throughline/service';
import { Kafka, logLevel, type LogEntry, type SASLOptions } from 'kafkajs';

const levels = { [logLevel.ERROR]: 'error', [logLevel.WARN]: 'warn', [logLevel.INFO]: 'debug', [logLevel.DEBUG]: 'debug', [logLevel.NOTHING]: 'debug' } as const;

/** How this service reaches the broker: its own principal, time limits, and kafkajs' log lines in ours. */
@Injectable()
export class KafkaConnection {
  readonly kafka: Kafka;
  readonly prefix: string;

  constructor(config: ServiceConfig, log: Log) {
    this.prefix = config.topicPrefix;
    this.kafka = new Kafka({
      clientId: config.serviceName,
      brokers: [...config.kafkaBrokers],
      ssl: config.kafkaSsl,
      sasl: credentials(config),
      connectionTimeout: 3_000,
      requestTimeout: 8_000,
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000 },
      logCreator: () => (entry) => write(log, entry),
    });
  }
}

function credentials({ kafkaUsername, kafkaPassword }: ServiceConfig): SASLOptions | undefined {
  if (!kafkaUsername) return undefined;
  return { mechanism: 'scram-sha-256', username: kafkaUsername, password: kafkaPassword ?? '' };
}

/** kafkajs calls an error what it then repeats by itself: what matters to an operator is our readiness. */
function write(log: Log, { level, namespace, log: { message, error, groupId, broker } }: LogEntry): void {
  const name = levels[level] === 'error' ? 'warn' : levels[level];
  log[name]({ from: `kafkajs ${namespace}`, error: error as unknown, groupId: groupId as unknown, broker: broker as unknown }, message);
}
