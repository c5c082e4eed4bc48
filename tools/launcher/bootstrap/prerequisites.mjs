import { spawnSync } from 'node:child_process';
import { LauncherError } from '../errors.mjs';
import { dockerWorks } from '../infra/choose.mjs';
import { cachedKafka, wayToKafka } from '../infra/kafka/distribution.mjs';
import { findJava } from '../infra/kafka/java.mjs';

/** @typedef {'env' | 'cached' | 'maven' | 'python' | 'docker'} KafkaWay */

/** @returns {string | undefined} version of git */
export function gitVersion() {
  return /version ([\d.]+)/.exec(spawnSync('git', ['--version'], { encoding: 'utf8', timeout: 10_000 }).stdout ?? '')?.[1];
}

/** @returns {KafkaWay | undefined} */
export function kafkaWay() {
  if (process.env.KAFKA_BROKERS) return 'env';
  if (cachedKafka()) return 'cached';
  return wayToKafka() ?? (dockerWorks() ? 'docker' : undefined);
}

/** Refuses to begin what cannot end well. @returns {KafkaWay} */
export function checkPrerequisites() {
  const missing = [];
  if (!gitVersion()) missing.push('git');
  const way = kafkaWay();
  if (!way) missing.push('for Kafka one of: KAFKA_BROKERS=<host:port>, a working Docker, Java 17+ with mvn, Python 3 with pip');
  if (missing.length === 0) return /** @type {KafkaWay} */ (way);
  throw new LauncherError('PREREQUISITES', `Missing on this machine: ${missing.join('; ')}`, {
    remedy: 'Install what is named (any one of the ways to Kafka) and start again. More: npx throughline doctor',
    exitCode: 2,
  });
}

/** What will be fetched before anything runs. @param {KafkaWay} way @returns {Fetch[]} */
export function kafkaFetches(way) {
  if (way === 'maven') return [{ what: 'Kafka 4.3.1', megabytes: 57, how: 'jars through Maven' }];
  if (way === 'python')
    return [
      {
        what: 'Kafka 4.3.1',
        megabytes: findJava() ? 50 : 85,
        how: findJava() ? 'jars through Python' : 'jars and a Java runtime through Python',
      },
    ];
  if (way === 'docker') return [{ what: 'Kafka and Postgres', megabytes: 350, how: 'container images' }];
  return [];
}

/** @typedef {{ what: string, megabytes: number, how: string }} Fetch */
