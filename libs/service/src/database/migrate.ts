import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '@throughline/contracts';
import pg from 'pg';
import type { ServiceConfig } from '../config/service-config.ts';
import type { Migration } from '../definition.ts';
import { isDatabaseAway } from './database-away.ts';
import { postgresOptions, schemaOf } from './postgres.ts';

/** The schema and this build do not belong together; the message says which migration and what to do. */
export class MigrationRefused extends Error {
  readonly code = 'migration_refused';
}

const lockWaitMs = 60_000;
/** A server that is about to start, or has too much to do, is waited for so long. */
const whileAwayMs = 60_000;
const pauseMs = 500;

/** Brings the schema of a service up to date, one starter at a time; answers the names of what it applied. */
export async function migrate(config: ServiceConfig, migrations: readonly Migration[]): Promise<string[]> {
  const options = postgresOptions(config, config.migrationDatabaseUrl ?? config.databaseUrl);
  const client = await reached(() => new pg.Client(options), whileAwayMs);
  try {
    await client.query(`set lock_timeout = ${lockWaitMs}`);
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`throughline migrations ${config.serviceName}`]);
    await prepare(client, schemaOf(config.serviceName));
    return await apply(client, config, migrations);
  } finally {
    await client.end();
  }
}

/** A connection to a database that may still be away. Ends with what was tried when it stays away, or lets nobody in. */
export async function reached(client: () => pg.Client, waitMs: number): Promise<pg.Client> {
  const until = performance.now() + waitMs;
  for (;;) {
    const trying = client().on('error', () => undefined);
    try {
      await trying.connect();
      return trying;
    } catch (error) {
      void trying.end().catch(() => undefined);
      if (isDatabaseAway(error) && performance.now() + pauseMs < until) await sleep(pauseMs);
      else throw new Error(`the database at ${trying.host}:${trying.port} cannot be used: ${(error as Error).message}`, { cause: error });
    }
  }
}

async function prepare(client: pg.Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_namespace where nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`create schema ${schema}`);
  await client.query(
    'create table if not exists migration (name text primary key, digest text not null, applied_at timestamptz not null default now())',
  );
}

async function apply(client: pg.Client, config: ServiceConfig, migrations: readonly Migration[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; digest: string }>('select name, digest from migration');
  const known = new Map(rows.map(({ name, digest }) => [name, digest]));
  refuseMismatch(config.serviceName, known, migrations);
  const applied: string[] = [];
  for (const { name, sql } of migrations) {
    if (known.has(name)) continue;
    await client.query('begin');
    try {
      await client.query(sql);
      await client.query('insert into migration (name, digest) values ($1, $2)', [name, sha256(sql)]);
      await client.query('commit');
    } catch (error) {
      throw new MigrationRefused(`migration ${name} of ${config.serviceName} failed: ${(error as Error).message}`, { cause: error });
    }
    applied.push(name);
  }
  return applied;
}

function refuseMismatch(service: string, known: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const names = new Set(migrations.map(({ name }) => name));
  if (names.size !== migrations.length) throw new MigrationRefused(`two migrations of ${service} have the same name`);
  for (const name of known.keys()) {
    if (!names.has(name))
      throw new MigrationRefused(`the database of ${service} has migration ${name}, which this build does not know: use a newer build`);
  }
  for (const { name, sql } of migrations) {
    const digest = known.get(name);
    if (digest && digest !== sha256(sql)) {
      throw new MigrationRefused(`migration ${name} of ${service} was changed after it had been applied: restore it and add a new one`);
    }
  }
}
