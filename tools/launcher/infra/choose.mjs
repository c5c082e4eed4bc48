import { spawnSync } from 'node:child_process';
import { LauncherError } from '../errors.mjs';
import { cachedKafka, wayToKafka } from './kafka/distribution.mjs';
import { lookForPostgres } from './postgres/binaries.mjs';

/**
 * Decides for each of the two by itself: an address in the environment wins, unless a provider is named.
 * @param {import('./index.mjs').Provider} [named] else THROUGHLINE_PROVIDER
 * @returns {{ postgres: import('./index.mjs').Provider, kafka: import('./index.mjs').Provider }}
 */
export function chooseProviders(named = /** @type {any} */ (process.env.THROUGHLINE_PROVIDER || undefined)) {
  if (named && !['env', 'docker', 'local'].includes(named)) {
    throw new LauncherError('PROVIDER', `There is no provider ${named}`, {
      remedy: 'THROUGHLINE_PROVIDER is one of env, docker, local.',
      exitCode: 2,
    });
  }
  if (named) return { postgres: demand(named, 'DATABASE_URL'), kafka: demand(named, 'KAFKA_BROKERS') };
  return {
    postgres: process.env.DATABASE_URL ? 'env' : lookForPostgres() || !dockerWorks() ? 'local' : 'docker',
    kafka: process.env.KAFKA_BROKERS ? 'env' : cachedKafka() || wayToKafka() || !dockerWorks() ? 'local' : 'docker',
  };
}

function demand(named, variable) {
  if (named !== 'env' || process.env[variable]) return named;
  throw new LauncherError('PROVIDER', `The provider env was asked for, but ${variable} is not set`, {
    remedy: `Set ${variable}.`,
    exitCode: 2,
  });
}

let docker;
/** A client without an engine behind it is no Docker. */
export function dockerWorks() {
  docker ??= spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { stdio: 'ignore', timeout: 3_000 }).status === 0;
  return docker;
}
