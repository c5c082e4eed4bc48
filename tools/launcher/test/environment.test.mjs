import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { parseDatabaseUrl } from '../infra/environment.mjs';
import { environmentFile, environmentOf, renderEnvironment, writeEnvironment } from '../provision/environment.mjs';
import { provisionKeys } from '../provision/keys.mjs';
import { provisionToken } from '../provision/token.mjs';
import { openSecrets } from '../secrets.mjs';
import { SERVICES } from '../services.mjs';
import { temporaryFolder } from './support.mjs';

const infra = {
  brokers: ['127.0.0.1:9092'],
  kafkaSsl: false,
  ownAccounts: true,
  kafkaAdmin: { username: 'admin', password: 'x' },
  postgres: { host: '127.0.0.1', port: 5432, superuser: 'throughline', password: 'x', database: 'postgres' },
};

function variablesOf(service, home) {
  const ports = Object.fromEntries(SERVICES.map((name, index) => [name, 4001 + index]));
  return environmentOf({
    service,
    home,
    data: home,
    code: '/code',
    ports,
    infra: /** @type {any} */ (infra),
    secrets: openSecrets(home),
    keys: provisionKeys(home, SERVICES),
    token: provisionToken(home),
    forDemo: { sha256: 'f'.repeat(64) },
  });
}

test('the address for traces is handed to every service', (t) => {
  const home = temporaryFolder(t);
  t.after(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318';

  const told = SERVICES.map((service) => variablesOf(service, home).OTEL_EXPORTER_OTLP_ENDPOINT);

  assert.deepEqual(new Set(told), new Set(['http://127.0.0.1:4318']));
});

test('values come back from the file as they were', () => {
  const values = {
    PLAIN: 'postgres://a:b@127.0.0.1:1/x',
    SPACE: '/home/a b/c#d',
    QUOTE: 'it\'s "x"',
    BACKSLASH: 'a\\nb',
    DOLLAR: '$HOME `x`',
  };

  assert.deepEqual({ ...parseEnv(renderEnvironment(values)) }, values);
});

test('a value with a line break is refused, not cut', () => {
  assert.throws(() => renderEnvironment({ A: 'x\nB=y' }), /A holds a line break/);
});

test('each service is told its own accounts and the addresses of all', (t) => {
  const home = temporaryFolder(t);
  const [ledger, chain] = ['ledger', 'chain'].map((service) => variablesOf(service, home));

  assert.equal(ledger.KAFKA_USERNAME, 'ledger');
  assert.match(ledger.DATABASE_URL, /^postgres:\/\/ledger:/);
  assert.match(ledger.MIGRATION_DATABASE_URL, /^postgres:\/\/ledger_owner:/);
  assert.equal(ledger.POLICY_ENGINE_URL, chain.POLICY_ENGINE_URL);
  for (const name of ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'KAFKA_PASSWORD', 'KEK_FILE', 'IDENTITY_PRIVATE_KEY_FILE', 'PORT']) {
    assert.notEqual(ledger[name], chain[name], name);
  }
});

test('only the reader of secrets gets the key of their identity, only the gateway the hash of the token', (t) => {
  const home = temporaryFolder(t);
  const holders = (name) => SERVICES.filter((service) => name in variablesOf(service, home));

  assert.deepEqual(holders('FINDING_IDENTITY_KEY_FILE'), ['scanner-orchestrator']);
  assert.deepEqual(holders('ADMIN_TOKEN_SHA256'), ['gateway']);
  assert.deepEqual(holders('DEMO_TOKEN_SHA256'), ['gateway']);
  assert.deepEqual(holders('FILE_URL_ROOTS'), ['ingest', 'scanner-orchestrator']);
});

test('the file is for its owner only, whatever the umask', (t) => {
  const home = temporaryFolder(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));

  writeEnvironment(home, 'ledger', variablesOf('ledger', home));

  for (const path of [
    environmentFile(home, 'ledger'),
    join(home, 'admin-token'),
    join(home, 'secrets.json'),
    join(home, 'keys', 'ledger.kek'),
  ]) {
    assert.equal(statSync(path).mode & 0o077, 0, path);
  }
  // As root others may pass through to the one file that is theirs.
  assert.equal(statSync(join(home, 'keys')).mode & 0o066, 0);
});

test('a database address is taken apart, or refused', () => {
  assert.deepEqual(parseDatabaseUrl('postgres://me:p%40ss@[::1]:6000/db?sslmode=require'), {
    host: '::1',
    port: 6000,
    superuser: 'me',
    password: 'p@ss',
    database: 'db',
    ssl: true,
  });
  for (const text of ['nonsense', 'mysql://a:b@c/d', 'postgres://c/d'])
    assert.throws(() => parseDatabaseUrl(text), { code: 'DATABASE_URL' });
});
