import { connect } from '../infra/postgres/query.mjs';
import { schemaOf } from '../services.mjs';
import { scramVerifier } from './scram.mjs';

export const DATABASE = 'throughline';

/**
 * One schema per service, with a role that owns and migrates it and a role that only reads and writes rows in it.
 * @param {{ infra: import('../infra/index.mjs').Infrastructure, secrets: ReturnType<typeof import('../secrets.mjs').openSecrets>, services: readonly string[] }} given
 */
export async function provisionDatabase({ infra, secrets, services }) {
  await onDatabase(infra.postgres, infra.postgres.database, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    await client.query(`revoke all on database ${DATABASE} from public`);
    if (infra.ownAccounts) await client.query('revoke connect on database postgres, template1 from public');
  });
  await onDatabase(infra.postgres, DATABASE, async (client) => {
    await client.query('revoke all on schema public from public');
    for (const service of services) await provisionSchema(client, schemaOf(service), secrets, infra.postgres.superuser);
  });
}

async function onDatabase(address, database, use) {
  const client = await connect(address, database);
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

/** Names come from our own list of services, never from outside, so they may stand in the statements. */
async function provisionSchema(client, schema, secrets, superuser) {
  const owner = `${schema}_owner`;
  for (const role of [owner, schema]) {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
    if (rowCount === 0) await client.query(`create role ${role} login nosuperuser nocreatedb nocreaterole`);
    await client.query(`alter role ${role} password '${scramVerifier(role, secrets.get(`postgres/${role}`))}'`);
  }
  await client.query(`
    grant ${owner} to "${superuser.replaceAll('"', '""')}";
    grant connect, temporary on database ${DATABASE} to ${owner}, ${schema};
    create schema if not exists ${schema} authorization ${owner};
    grant usage on schema ${schema} to ${schema};
    alter default privileges for role ${owner} in schema ${schema} grant select, insert, update, delete on tables to ${schema};
    alter default privileges for role ${owner} in schema ${schema} grant usage, select on sequences to ${schema};
    alter role ${owner} in database ${DATABASE} set search_path = ${schema};
    alter role ${schema} in database ${DATABASE} set search_path = ${schema};
    alter role ${schema} in database ${DATABASE} set idle_in_transaction_session_timeout = '15s';
  `);
}

/** @param {import('../infra/index.mjs').PostgresAddress} address @param {string} role @param {string} password */
export function databaseUrl(address, role, password) {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `postgres://${role}:${encodeURIComponent(password)}@${host}:${address.port}/${DATABASE}${address.ssl ? '?sslmode=require' : ''}`;
}
