import { LauncherError } from '../errors.mjs';

const notOurs = (what) => async () => {
  throw new LauncherError('NOT_OURS', `${what} was given by its address: it is not ours to kill or restart`);
};

/** A broker that somebody else runs: KAFKA_BROKERS, and where it asks for a login KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SSL. */
export async function kafkaFromEnvironment() {
  const brokers = process.env.KAFKA_BROKERS.split(',')
    .map((broker) => broker.trim())
    .filter(Boolean);
  const admin = { username: process.env.KAFKA_USERNAME || undefined, password: process.env.KAFKA_PASSWORD || undefined };
  return { brokers, admin, ssl: process.env.KAFKA_SSL === 'true', stop: async () => {}, kill: notOurs('Kafka'), restart: notOurs('Kafka') };
}

/** A server that somebody else runs: DATABASE_URL of a role that may create databases and roles. */
export async function postgresFromEnvironment() {
  return {
    address: parseDatabaseUrl(process.env.DATABASE_URL),
    stop: async () => {},
    kill: notOurs('Postgres'),
    restart: notOurs('Postgres'),
  };
}

/** @param {string} text @returns {import('./index.mjs').PostgresAddress} */
export function parseDatabaseUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !url.username) {
    throw new LauncherError('DATABASE_URL', 'DATABASE_URL is not of the form postgres://user:password@host:port/database', { exitCode: 2 });
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    superuser: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    ssl: ['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? ''),
  };
}
