import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, nodePackage } from '../bootstrap/node-runtime.mjs';
import { gitVersion, kafkaWay } from '../bootstrap/prerequisites.mjs';
import { findJava } from '../infra/kafka/java.mjs';
import { lookForPostgres } from '../infra/postgres/binaries.mjs';
import { projectRoot } from '../paths.mjs';
import { pins } from '../pins.mjs';

const WAYS = {
  env: () => 'the broker in KAFKA_BROKERS',
  cached: () => 'a local broker, fetched before',
  maven: () => `a local broker: jars through Maven, Java ${findJava()?.version}`,
  python: () => `a local broker: jars through Python, ${findJava() ? `Java ${findJava()?.version}` : 'with a Java runtime from there'}`,
  docker: () => 'a container',
};

/** @returns {import('../doctor.mjs').Check[]} */
export const programChecks = () => [git(), node(), kafka(), postgres(), build()];

/** @returns {import('../doctor.mjs').Check} */
function git() {
  const version = gitVersion();
  return version
    ? { name: 'git', state: 'good', found: version }
    : { name: 'git', state: 'bad', found: 'not found', remedy: 'Install git.' };
}

/** @returns {import('../doctor.mjs').Check} */
function node() {
  const own = process.versions.node;
  if (findNode() === process.execPath) return { name: 'Node.js', state: 'good', found: own };
  if (findNode()) return { name: 'Node.js', state: 'good', found: `${own}; ${nodePackage.version} was fetched before` };
  if (nodePackage) return { name: 'Node.js', state: 'good', found: `${own}; npm start fetches ${nodePackage.version}` };
  return { name: 'Node.js', state: 'bad', found: own, remedy: `Install Node.js ${pins.node.minimum} or later.` };
}

/** @returns {import('../doctor.mjs').Check} */
function kafka() {
  const way = kafkaWay();
  return way
    ? { name: 'Kafka', state: 'good', found: WAYS[way]() }
    : {
        name: 'Kafka',
        state: 'bad',
        found: 'nothing here can bring it',
        remedy: 'One of: KAFKA_BROKERS=<host:port>, a working Docker, Java 17+ with mvn, Python 3 with pip.',
      };
}

/** @returns {import('../doctor.mjs').Check} */
function postgres() {
  if (process.env.DATABASE_URL) return { name: 'Postgres', state: 'good', found: 'the server in DATABASE_URL' };
  if (!existsSync(join(projectRoot, 'node_modules')) && process.platform !== 'win32')
    return { name: 'Postgres', state: 'good', found: 'comes with the dependencies' };
  const found = lookForPostgres();
  return found
    ? { name: 'Postgres', state: 'good', found: `${found.version} (${found.origin})` }
    : { name: 'Postgres', state: 'bad', found: 'none for this platform', remedy: 'Install PostgreSQL 15 or later, or set DATABASE_URL.' };
}

/** @returns {import('../doctor.mjs').Check} */
function build() {
  const built = existsSync(join(projectRoot, 'apps/gateway/dist/service.js'));
  return { name: 'build', state: 'good', found: built ? 'there; npm start refreshes what is stale' : 'not yet; npm start makes it' };
}
