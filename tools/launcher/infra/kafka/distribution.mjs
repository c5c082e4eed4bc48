import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from '../../errors.mjs';
import { cacheFolder, makeCache } from '../../paths.mjs';
import { nameOfList, pins } from '../../pins.mjs';
import { findJava } from './java.mjs';
import { canUseMaven, fetchJarsWithMaven } from './maven.mjs';
import { cachedRuntime, canUsePython, fetchWithPython } from './python.mjs';

/**
 * A broker that can be started.
 * @typedef {{ java: import('./java.mjs').Java, jars: string, version: string }} KafkaDistribution
 */

/** @returns {KafkaDistribution | undefined} what an earlier start fetched; needs no network */
export function cachedKafka() {
  const jars = jarsFolder();
  const java = findJava() ?? cachedRuntime();
  return java && holdsAllJars(jars) ? { java, jars, version: pins.kafka.version } : undefined;
}

/** @returns {'maven' | 'python' | undefined} how this machine can bring Kafka */
export function wayToKafka() {
  if (findJava() && canUseMaven()) return 'maven';
  return canUsePython() ? 'python' : undefined;
}

/** @param {(line: string) => void} log @param {AbortSignal} [signal] @returns {Promise<KafkaDistribution>} */
export async function bringKafka(log, signal) {
  const cached = cachedKafka();
  if (cached) return cached;
  makeCache();
  const way = wayToKafka();
  if (way === 'maven') await fetchJarsWithMaven(jarsFolder(), log, signal);
  else if (way === 'python') await fetchWithPython(jarsFolder(), log, { runtime: !findJava(), signal });
  const fetched = cachedKafka();
  if (fetched) return fetched;
  throw new LauncherError('NO_KAFKA', 'Nothing on this machine can bring Kafka', {
    remedy: 'One of: KAFKA_BROKERS=<host:port>, Docker, Java 17+ with mvn, or Python 3 with pip.',
    exitCode: 2,
  });
}

function jarsFolder() {
  return join(cacheFolder(), `kafka-${pins.kafka.version}-${nameOfList(pins.kafka.jars)}`);
}

/** The bytes were checked before the folder got its name; here it only matters that nobody took one out. */
function holdsAllJars(folder) {
  if (!existsSync(folder)) return false;
  const found = new Set(readdirSync(folder));
  return Object.keys(pins.kafka.jars).every((jar) => found.has(jar));
}
