import { otherSecrets } from '../lost-secrets.mjs';

/**
 * @param {import('../index.mjs').PostgresAddress} address @param {string} [database]
 * @returns {Promise<import('pg').Client>} connected; the caller ends it
 */
export async function connect(address, database = address.database) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    user: address.superuser,
    password: address.password,
    database,
    ssl: address.ssl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    application_name: 'throughline-launcher',
  });
  // An idle connection that breaks must not end the process; the next query reports it.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** What Postgres says to who has another password than it knows; a server that is not up yet says something else. */
const WRONG_PASSWORD = '28P01';

/**
 * True once our own server has let us in.
 * @param {import('../index.mjs').PostgresAddress} address @param {import('../lost-secrets.mjs').Folders} instance
 */
export async function letsIn(address, instance) {
  try {
    return await canQuery(address);
  } catch (error) {
    throw error.code === WRONG_PASSWORD ? otherSecrets(instance, error) : error;
  }
}

/** @param {import('../index.mjs').PostgresAddress} address */
export async function canQuery(address) {
  const client = await connect(address);
  try {
    await client.query('select 1');
    return true;
  } finally {
    await client.end();
  }
}
