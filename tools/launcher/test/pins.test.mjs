import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pins, verifyFolder, verifyIntegrity } from '../pins.mjs';
import { temporaryFolder } from './support.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const refused = (name) => (error) => error.code === 'PIN_MISMATCH' && error.message.includes(name);

test('accepts a folder that holds exactly the pinned files', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.jar'), 'bytes');

  await verifyFolder(folder, { 'a.jar': sha256('bytes') });
});

test('refuses one altered byte and names the file', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.jar'), 'bytez');

  await assert.rejects(verifyFolder(folder, { 'a.jar': sha256('bytes') }), refused('a.jar'));
});

test('refuses a file that nobody pinned, and one that is missing', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.jar'), 'bytes');

  await assert.rejects(verifyFolder(folder, {}), refused('not pinned: a.jar'));
  await assert.rejects(verifyFolder(folder, { 'a.jar': sha256('bytes'), 'b.jar': sha256('') }), refused('missing: b.jar'));
});

test('refuses a package whose integrity differs', async (t) => {
  const file = join(temporaryFolder(t), 'node.tgz');
  writeFileSync(file, 'bytes');
  const integrity = `sha512-${createHash('sha512').update('bytes').digest('base64')}`;

  await verifyIntegrity(file, integrity);
  writeFileSync(file, 'bytez');
  await assert.rejects(verifyIntegrity(file, integrity), refused('node.tgz'));
});

test('everything that is fetched is pinned by digest, in no looser form', () => {
  const requirements = readFileSync(new URL('../infra/kafka/requirements.txt', import.meta.url), 'utf8');
  const entries = requirements
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));

  for (const entry of entries) assert.match(entry, /^[\w.-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}/);
  for (const digest of Object.values(pins.kafka.jars)) assert.match(digest, /^[0-9a-f]{64}$/);
  for (const { integrity } of Object.values(pins.node.packages)) assert.match(integrity, /^sha512-[\w+/]{86}==$/);
});
