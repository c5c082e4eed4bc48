import { resolve } from 'node:path';
import { openInstance } from '../instance.mjs';
import { openSecrets } from '../secrets.mjs';
import { SERVICES } from '../services.mjs';
import { dockerKafka } from './docker/kafka.mjs';
import { dockerPostgres } from './docker/postgres.mjs';
import { kafkaFromEnvironment, postgresFromEnvironment } from './environment.mjs';
import { localKafka, localPostgres } from './local.mjs';
import { chooseProviders } from './choose.mjs';
import { refuseLostSecrets } from './lost-secrets.mjs';

/**
 * @typedef {{ host: string, port: number, superuser: string, password: string, database: string, ssl?: boolean }} PostgresAddress
 * @typedef {{ brokers: string[], admin: { username?: string, password?: string }, ssl?: boolean, stop(): Promise<void>, kill(): Promise<void>, restart(): Promise<void>, keepUp?(): void }} KafkaPart
 * @typedef {{ address: PostgresAddress, stop(): Promise<void>, kill(): Promise<void>, restart(): Promise<void>, keepUp?(): void, giveWay?(pid: number): void }} PostgresPart
 * @typedef {'env' | 'docker' | 'local'} Provider
 */

/**
 * Postgres and Kafka for one instance, from the first of: addresses in the environment, local processes, Docker.
 * The folder is locked until `stop()`; whatever was started ends with this process, however that ends.
 * @param {{ home: string, log?: (line: string) => void, provider?: Provider, services?: readonly string[], throwaway?: boolean, signal?: AbortSignal }} options
 *   `throwaway`: data that nobody needs after a crash, for tests; `signal` gives up a start that is under way
 */
export async function startInfrastructure({ home, log = () => {}, provider, services = SERVICES, throwaway = false, signal }) {
  const chosen = chooseProviders(provider);
  const instance = await openInstance(resolve(home));
  const secrets = openSecrets(instance.home);
  try {
    refuseLostSecrets(instance, secrets, chosen);
  } catch (error) {
    instance.unlock();
    throw error;
  }
  const context = { instance, secrets, log, services, throwaway, signal };
  const started = await Promise.allSettled([postgresBy(chosen.postgres, context), kafkaBy(chosen.kafka, context)]);
  const failed = started.find((part) => part.status === 'rejected');
  const [postgres, kafka] = started.map((part) => (part.status === 'fulfilled' ? part.value : undefined));
  const stop = stopOnce(async () => {
    try {
      await Promise.all([kafka?.stop(), postgres?.stop()]);
    } finally {
      instance.unlock();
    }
  });
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    kind: chosen.kafka,
    instance,
    brokers: kafka.brokers,
    kafkaSsl: kafka.ssl ?? false,
    postgres: postgres.address,
    kafkaAdmin: kafka.admin,
    ownAccounts: chosen.kafka !== 'env',
    stop,
    /** From now on a local server that ends by itself is started again. */
    keepUp: () => [kafka, postgres].forEach((part) => part.keepUp?.()),
    /** The process of a local Postgres behind a connection that nobody waits for. @param {number} pid */
    giveWay: (pid) => postgres.giveWay?.(pid),
    killBroker: () => kafka.kill(),
    restartBroker: () => kafka.restart(),
    killPostgres: () => postgres.kill(),
    restartPostgres: () => postgres.restart(),
  };
}

/** @typedef {Awaited<ReturnType<typeof startInfrastructure>>} Infrastructure */

const postgresBy = (kind, context) => ({ env: postgresFromEnvironment, local: localPostgres, docker: dockerPostgres })[kind](context);
const kafkaBy = (kind, context) => ({ env: kafkaFromEnvironment, local: localKafka, docker: dockerKafka })[kind](context);

function stopOnce(stop) {
  let stopped;
  return () => (stopped ??= stop());
}
