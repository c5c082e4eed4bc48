import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatArguments, serverProperties } from '../infra/kafka/config.mjs';
import { accessRules } from '../provision/access.mjs';

const kafkajs = {
  AclResourceTypes: { TOPIC: 2, GROUP: 3, CLUSTER: 4 },
  AclOperationTypes: { READ: 3, WRITE: 4, IDEMPOTENT_WRITE: 12 },
  AclPermissionTypes: { ALLOW: 3 },
  ResourcePatternTypes: { LITERAL: 3, PREFIXED: 4 },
};
const properties = Object.fromEntries(
  serverProperties({ folder: '/data', port: 1, controllerPort: 2, adminPassword: 'a', controllerPassword: 'c' })
    .split('\n')
    .filter(Boolean)
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

test('every listener is on loopback and asks for a login', () => {
  assert.deepEqual(properties.listeners.match(/\/\/[\d.]+/g), ['//127.0.0.1', '//127.0.0.1']);
  assert.equal(properties['listener.security.protocol.map'], 'CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT');
  assert.equal(properties['allow.everyone.if.no.acl.found'], 'false');
});

test('records are kept for two weeks and positions for a year', () => {
  assert.equal(Number(properties['log.retention.minutes']), 14 * 24 * 60);
  assert.equal(Number(properties['offsets.retention.minutes']), 365 * 24 * 60);
});

test('accounts go into a file of arguments, one a line', () => {
  const lines = formatArguments({ settings: '/s', clusterId: 'id', users: { ledger: 'pw' } })
    .trim()
    .split('\n');

  assert.deepEqual(lines, [
    'format',
    '--config',
    '/s',
    '--cluster-id',
    'id',
    '--add-scram',
    'SCRAM-SHA-256=[name=ledger,iterations=4096,password=pw]',
  ]);
});

test('a service may write its topics, read those it subscribes to, and join its own groups: nothing else', () => {
  const rules = accessRules([{ topic: 't', writers: ['ingest'], readers: ['ledger'] }], ['ingest', 'ledger'], /** @type {any} */ (kafkajs));
  const of = (principal) =>
    rules
      .filter((rule) => rule.principal === `User:${principal}`)
      .map(({ resourceType, resourceName, operation }) => [resourceType, resourceName, operation]);

  assert.deepEqual(of('ingest'), [
    [2, 't', 4],
    [4, 'kafka-cluster', 12],
    [3, 'ingest.', 3],
  ]);
  assert.deepEqual(of('ledger'), [
    [2, 't', 3],
    [4, 'kafka-cluster', 12],
    [3, 'ledger.', 3],
  ]);
});
