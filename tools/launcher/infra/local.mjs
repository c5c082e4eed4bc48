import { KafkaBroker } from './kafka/broker.mjs';
import { bringKafka } from './kafka/distribution.mjs';
import { findPostgres } from './postgres/binaries.mjs';
import { PostgresServer } from './postgres/server.mjs';

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** @returns {Promise<import('./index.mjs').PostgresPart>} */
export async function localPostgres({ instance, secrets, log, throwaway }) {
  const since = Date.now();
  const binaries = findPostgres();
  const server = new PostgresServer({ instance, secrets, binaries, throwaway });
  await server.start();
  log(`Postgres ${binaries.version} (${binaries.origin}) on 127.0.0.1:${server.port}, ready after ${seconds(since)}`);
  return { address: server.address, stop: () => server.stop(), kill: () => server.kill(), restart: () => server.restart() };
}

/** @returns {Promise<import('./index.mjs').KafkaPart>} */
export async function localKafka({ instance, secrets, log, services, throwaway }) {
  const distribution = await bringKafka(log);
  const since = Date.now();
  const broker = new KafkaBroker({ instance, secrets, distribution, users: services, throwaway });
  await broker.start();
  log(`Kafka ${distribution.version} (Java ${distribution.java.version}) on ${broker.brokers[0]}, ready after ${seconds(since)}`);
  return { brokers: broker.brokers, admin: broker.admin, stop: () => broker.stop(), kill: () => broker.kill(), restart: () => broker.restart() };
}
