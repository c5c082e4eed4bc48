import { keepUp } from './keep-up.mjs';
import { KafkaBroker } from './kafka/broker.mjs';
import { bringKafka } from './kafka/distribution.mjs';
import { findPostgres } from './postgres/binaries.mjs';
import { PostgresServer } from './postgres/server.mjs';

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** @returns {Promise<import('./index.mjs').PostgresPart>} */
export async function localPostgres({ instance, secrets, log, throwaway, signal }) {
  const since = Date.now();
  const binaries = findPostgres();
  const server = new PostgresServer({ instance, secrets, binaries, throwaway, signal });
  await startOrStop(server);
  log(`Postgres ${binaries.version} (${binaries.origin}) on 127.0.0.1:${server.port}, ready after ${seconds(since)}`);
  return { address: server.address, giveWay: (pid) => server.giveWay(pid), ...controlsOf(server, 'Postgres', log) };
}

/** @returns {Promise<import('./index.mjs').KafkaPart>} */
export async function localKafka({ instance, secrets, log, services, throwaway, signal }) {
  const distribution = await bringKafka(log, signal);
  const since = Date.now();
  const broker = new KafkaBroker({ instance, secrets, distribution, users: services, throwaway, signal });
  await startOrStop(broker);
  log(`Kafka ${distribution.version} (Java ${distribution.java.version}) on ${broker.brokers[0]}, ready after ${seconds(since)}`);
  return { brokers: broker.brokers, admin: broker.admin, ...controlsOf(broker, 'Kafka', log) };
}

function controlsOf(server, name, log) {
  let letGo = () => {};
  const stop = () => {
    letGo();
    return server.stop();
  };
  return {
    stop,
    kill: () => server.kill(),
    restart: () => server.restart(),
    keepUp: () => {
      letGo = keepUp(server, { name, log });
    },
  };
}

/** A start that fails halfway leaves no process behind. */
async function startOrStop(server) {
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
}
