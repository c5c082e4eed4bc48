import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { hashOfSources } from '../bootstrap/build.mjs';
import { isAtLeast } from '../bootstrap/node-runtime.mjs';
import { readEntry } from '../bootstrap/tarball.mjs';
import { linkLibraries } from '../infra/postgres/links.mjs';
import { temporaryFolder } from './support.mjs';

function write(root, path, content = path) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

test('versions are compared by number, part by part', () => {
  assert.equal(isAtLeast('24.11.1', '24.11.1'), true);
  assert.equal(isAtLeast('24.9.0', '24.11.1'), false);
  assert.equal(isAtLeast('26.0.0', '24.11.1'), true);
  assert.equal(isAtLeast('20.20.2', '24.11.1'), false);
});

test('takes one file out of an archive, byte for byte', async (t) => {
  const root = temporaryFolder(t);
  const program = Buffer.alloc(300_001, 'node ');
  write(root, 'package/README.md', 'x'.repeat(1_000));
  write(root, 'package/bin/node', program);
  spawnSync('tar', ['czf', 'a.tgz', 'package/README.md', 'package/bin/node'], { cwd: root });

  assert.deepEqual(await readEntry(join(root, 'a.tgz'), 'package/bin/node'), program);
  await assert.rejects(readEntry(join(root, 'a.tgz'), 'package/bin/npm'), /holds no package\/bin\/npm/);
});

test('only what goes into the build makes a build stale', (t) => {
  const root = temporaryFolder(t);
  write(root, 'package-lock.json');
  write(root, 'apps/a/src/a.ts');
  const first = hashOfSources(root);

  for (const path of ['apps/a/dist/a.js', 'apps/a/src/a.spec.ts', 'apps/a/src/a.int.spec.ts', 'README.md']) write(root, path);
  assert.equal(hashOfSources(root), first);

  write(root, 'apps/a/src/a.ts', 'changed');
  assert.notEqual(hashOfSources(root), first);
});

test('makes the links of a package of Postgres, once, and none outside of it', (t) => {
  const root = temporaryFolder(t);
  write(root, 'native/pg-symlinks.json', JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]));
  write(root, 'native/lib/libpq.so.5.18');

  linkLibraries(root);
  linkLibraries(root);
  assert.equal(readlinkSync(join(root, 'native/lib/libpq.so.5')), 'libpq.so.5.18');

  write(root, 'native/pg-symlinks.json', JSON.stringify([{ source: 'native/lib/x', target: '../../outside' }]));
  assert.throws(() => linkLibraries(root), /outside its package/);
});

test('the entry parses and explains itself without anything installed', () => {
  const entry = new URL('../bootstrap.mjs', import.meta.url);
  const { status, stdout } = spawnSync(process.execPath, [entry.pathname, 'start', '--help'], { encoding: 'utf8' });

  assert.equal(status, 0);
  assert.match(stdout, /--no-demo/);
  assert.doesNotMatch(readFileSync(entry, 'utf8'), /from '[^.n]/);
});

test('a machine without git or a way to Kafka is refused with exit 2, naming them', (t) => {
  const empty = temporaryFolder(t);
  const entry = new URL('../bootstrap.mjs', import.meta.url);
  const { status, stderr } = spawnSync(process.execPath, [entry.pathname, 'start'], {
    encoding: 'utf8',
    env: { PATH: empty, HOME: empty, THROUGHLINE_CACHE: empty },
  });

  assert.equal(status, 2);
  for (const name of ['git', 'KAFKA_BROKERS', 'Docker', 'Java 17+', 'Python 3']) assert.match(stderr, new RegExp(name.replace('+', '\\+')));
});
