import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { prepare } from '../../../deploy/compose/prepare.mjs';
import { imageOf, isByDigest, shownImage } from '../infra/docker/images.mjs';
import { projectRoot } from '../paths.mjs';
import { pins } from '../pins.mjs';
import { SERVICES, urlVariableOf } from '../services.mjs';

const compose = parse(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8'), { merge: true });
const all = Object.entries(compose.services);
const target = (secret) => secret.target ?? secret.source ?? secret;

test('every service of ours has a container, and is told where all others are', () => {
  for (const name of SERVICES) {
    const { build, environment } = compose.services[name];
    assert.equal(build.args.APP, name);
    for (const other of SERVICES) assert.equal(environment[urlVariableOf(other)], `http://${other}:8080`);
  }
});

test('no service sees the secrets of another', () => {
  for (const name of SERVICES) {
    const own = compose.services[name].secrets.map((secret) => secret.source ?? secret);
    const others = own.filter((secret) => SERVICES.some((other) => other !== name && secret.startsWith(`${other}-`)));
    assert.deepEqual(others, []);
    assert.ok(own.includes(`${name}-environment`));
    for (const wanted of ['environment', 'identity', 'kek', 'public-keys'])
      assert.ok(compose.services[name].secrets.map(target).includes(wanted));
  }
});

test('the broker and Node are those that are pinned for the other providers', () => {
  assert.equal(imageOf('kafka'), `apache/kafka:${pins.kafka.version}`);
  const [, image] = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(join(projectRoot, 'deploy', 'Dockerfile'), 'utf8'));
  assert.equal(/^node:([\d.]+)-/.exec(image)[1], pins.node.packages['linux-x64'].version);
  for (const [, { build }] of all) if (build) assert.equal(build.args.NODE_IMAGE, `\${NODE_IMAGE:-${image}}`);
});

test('Node is told the same in the image as where it is started here', () => {
  const dockerfile = readFileSync(join(projectRoot, 'deploy', 'Dockerfile'), 'utf8');
  const [, command] = /^CMD (\[.*main\.js"\])$/m.exec(dockerfile);
  const flags = JSON.parse(readFileSync(join(projectRoot, 'tools/launcher/node-flags.json'), 'utf8'));
  assert.deepEqual(JSON.parse(command).slice(1, 1 + flags.length), flags);
});

test('an image is the one that the environment names, and it is said when that is only a tag', (t) => {
  t.after(() => delete process.env.POSTGRES_IMAGE);
  const byTag = imageOf('postgres');
  process.env.POSTGRES_IMAGE = `postgres@sha256:${'a'.repeat(64)}`;
  const byDigest = imageOf('postgres');

  assert.deepEqual([isByDigest(byTag), isByDigest(byDigest)], [false, true]);
  assert.equal(shownImage(byTag), `${byTag} (by its tag, not by digest)`);
  assert.equal(shownImage(byDigest), process.env.POSTGRES_IMAGE);
});

test('no container may write its own files, gain rights, or be reached from another machine', () => {
  for (const [name, service] of all) {
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.ok(service.security_opt.includes('no-new-privileges:true'), name);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, name);
  }
});

test('prepare makes each file that is mounted, shut to others on this machine, and changes nothing the second time', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'throughline-compose-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const content = () =>
    Object.values(compose.secrets).map(({ file }) => readFileSync(join(home, file.replace(/^\$\{[^}]+\}\//, '')), 'utf8'));

  prepare(home);
  const first = content();
  prepare(home);

  assert.deepEqual(content(), first);
  assert.equal(statSync(home).mode & 0o777, 0o700);
  assert.ok(first.every((text) => text.length > 0));
});

test('the broker tells its clients the name of its container', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'throughline-compose-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  prepare(home);

  const settings = readFileSync(join(home, 'server.properties'), 'utf8');

  assert.match(settings, /^advertised\.listeners=CLIENT:\/\/kafka:9092$/m);
  assert.match(settings, /^log\.dirs=\/var\/lib\/kafka\/data$/m);
  const [settingsFile, argumentsFile, data] = compose.services.kafka.entrypoint.slice(2);
  assert.match(readFileSync(join(home, basename(argumentsFile)), 'utf8'), new RegExp(`--config\n${settingsFile}\n`));
  assert.equal(data, '/var/lib/kafka/data');
});
