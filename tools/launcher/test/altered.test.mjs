/** A registry that serves other bytes than those that were pinned: nothing of it runs, and the start says which file it was. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bringNode, nodePackage } from '../bootstrap/node-runtime.mjs';
import { fetchJarsWithMaven } from '../infra/kafka/maven.mjs';
import { canUsePython, fetchWithPython } from '../infra/kafka/python.mjs';
import { projectRoot } from '../paths.mjs';
import { pins } from '../pins.mjs';
import { brokenRegistry } from './registry.mjs';
import { temporaryFolder } from './support.mjs';

/** A place that whoever fetches may enter, and in which the test's own caches lie. */
function place(t) {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o711);
  for (const name of ['home', 'cache']) mkdirSync(join(folder, name));
  // Where the harm would leave its mark, whoever does it.
  mkdirSync(join(folder, 'anybody'));
  chmodSync(join(folder, 'anybody'), 0o1777);
  return folder;
}

function withEnvironment(t, values) {
  const before = { ...process.env };
  Object.assign(process.env, values);
  t.after(() => {
    for (const name of Object.keys(values)) delete process.env[name];
    Object.assign(process.env, before);
  });
}

const npmOf = (folder, registry) => ({
  HOME: join(folder, 'home'),
  THROUGHLINE_CACHE: join(folder, 'cache'),
  npm_config_cache: join(folder, 'home', 'npm'),
  npm_config_registry: `${registry.url}/`,
  npm_config_userconfig: join(folder, 'home', '.npmrc'),
  npm_config_update_notifier: 'false',
});

/** Nothing that a fetch left behind can be mistaken for what was wanted. */
const published = (folder) =>
  existsSync(join(folder, 'cache')) ? readdirSync(join(folder, 'cache')).filter((name) => /^(node-|kafka-|jre-)/.test(name)) : [];

test('Node.js', { skip: !nodePackage }, async (t) => {
  const folder = place(t);
  const registry = await brokenRegistry(t, { folder: join(folder, 'anybody'), versions: () => [nodePackage.version] });
  withEnvironment(t, npmOf(folder, registry));

  await assert.rejects(bringNode(), (error) => error.code === 'PIN_MISMATCH' && error.message.includes(nodePackage.name));

  assert.deepEqual(published(folder), []);
  assert.equal(existsSync(registry.marker), false);
});

test('an npm package, in a whole start', async (t) => {
  const folder = place(t);
  const clone = join(folder, 'clone');
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
  const versions = (name) =>
    Object.entries(packages)
      .filter(([path]) => path.endsWith(`node_modules/${name}`))
      .map(([, { version }]) => version);
  const registry = await brokenRegistry(t, { folder: join(folder, 'anybody'), versions });
  for (const path of ['tools/launcher', 'package.json', 'package-lock.json', ...manifests()]) {
    cpSync(join(projectRoot, path), join(clone, path), { recursive: true });
  }

  const start = await ended(
    spawn(process.execPath, [join(clone, 'tools/launcher/bootstrap.mjs'), 'start'], {
      env: { ...process.env, ...npmOf(folder, registry), KAFKA_BROKERS: '127.0.0.1:1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );

  assert.equal(start.code, 1);
  assert.match(start.said, /not the pinned file: node_modules\/\S+ \d+\.\d+/);
  assert.equal(existsSync(join(clone, 'node_modules')), false);
  assert.equal(existsSync(registry.marker), false);
});

test('as root, a cache that others cannot enter is refused before anything is fetched', { skip: process.getuid?.() !== 0 }, async (t) => {
  const folder = place(t);
  chmodSync(folder, 0o700);
  const registry = await brokenRegistry(t, { folder: join(folder, 'anybody') });
  withEnvironment(t, npmOf(folder, registry));

  await assert.rejects(bringNode(), { code: 'CACHE_CLOSED' });

  assert.deepEqual(registry.asked, []);
});

test('a jar that Maven brings', async (t) => {
  const folder = place(t);
  const registry = await brokenRegistry(t, { folder: join(folder, 'anybody') });
  withEnvironment(t, { ...npmOf(folder, registry), PATH: `${mavenThatTrusts(folder, registry)}:${process.env.PATH}` });

  const fetch = fetchJarsWithMaven(join(folder, 'cache', 'kafka-jars'), () => {});

  await assert.rejects(fetch, (error) => error.code === 'PIN_MISMATCH' && error.message.includes('.jar is not the pinned file'));
  assert.deepEqual(published(folder), []);
});

test('a wheel', { skip: !canUsePython() && 'there is no Python 3 with pip' }, async (t) => {
  const folder = place(t);
  const registry = await brokenRegistry(t, { folder: join(folder, 'anybody'), versions: (name) => [versionOfWheel(name)] });
  withEnvironment(t, { ...npmOf(folder, registry), PIP_INDEX_URL: `${registry.url}/simple`, PIP_FIND_LINKS: '', PIP_RETRIES: '0' });

  const fetch = fetchWithPython(join(folder, 'cache', 'kafka-jars'), () => {}, { runtime: true });

  await assert.rejects(fetch, /DO NOT MATCH THE HASHES[^]*certifi==/);
  assert.deepEqual(
    registry.asked.filter((path) => !/certifi/.test(path)),
    [],
  );
  assert.deepEqual(published(folder), []);
});

const manifests = () =>
  spawnSync('git', ['ls-files', 'libs/*/package.json', 'apps/*/package.json'], { cwd: projectRoot, encoding: 'utf8' })
    .stdout.trim()
    .split('\n');

function versionOfWheel(name) {
  const list = readFileSync(new URL('../infra/kafka/requirements.txt', import.meta.url), 'utf8');
  return new RegExp(`^${name}==(\\S+)`, 'm').exec(list)?.[1];
}

/** Maven itself asks no list of ours: it brings what the repository gives it for each name. */
function mavenThatTrusts(folder, registry) {
  const bin = join(folder, 'bin');
  const names = JSON.stringify(Object.keys(pins.kafka.jars));
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'mvn.mjs'),
    `import { writeFileSync } from 'node:fs';
     const to = process.argv.find((word) => word.startsWith('-DoutputDirectory='))?.slice(18);
     for (const name of to ? ${names} : []) {
       const answer = await fetch('${registry.url}/' + name);
       writeFileSync(to + '/' + name, Buffer.from(await answer.arrayBuffer()));
     }`,
  );
  writeFileSync(join(bin, 'mvn'), `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'mvn.mjs')}' "$@"\n`, { mode: 0o755 });
  return bin;
}

function ended(child) {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}
