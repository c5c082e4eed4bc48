import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { draftOf, sweepDrafts } from '../cache.mjs';
import { holderOf, lockHome } from '../lock.mjs';
import { freePort, tryBind } from '../ports.mjs';
import { identityOf, stillRuns } from '../processes/identity.mjs';
import { endProcess, launchSupervised } from '../processes/supervised.mjs';
import { refuseOtherMajor } from '../infra/postgres/server.mjs';
import { eventually } from '../wait.mjs';
import { temporaryFolder } from './support.mjs';

const sleeper = () => spawn('sleep', ['60'], { stdio: 'ignore' });

async function ended(child) {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.signalCode;
}

test('a process is known by its start time and command line, not by its number', async (t) => {
  const child = sleeper();
  t.after(() => child.kill('SIGKILL'));
  const identity = /** @type {any} */ (identityOf(/** @type {number} */ (child.pid)));

  assert.equal(stillRuns(identity), true);
  assert.equal(stillRuns({ ...identity, startTime: 'another' }), false);
  assert.equal(stillRuns({ ...identity, command: 'another' }), false);
});

test('what merely has the number of a recorded process is left alone', async (t) => {
  const child = sleeper();
  t.after(() => child.kill('SIGKILL'));
  const identity = /** @type {any} */ (identityOf(/** @type {number} */ (child.pid)));

  await endProcess({ ...identity, startTime: 'of an earlier process' }, 'SIGKILL', 100);
  assert.equal(stillRuns(identity), true);

  await endProcess(identity, 'SIGTERM', 5_000);
  assert.equal(await ended(child), 'SIGTERM');
});

for (const [how, watchdog] of [
  ['the kernel', ''],
  ['a watchdog', '1'],
]) {
  test(`a child that ${how} watches ends with its parent`, async (t) => {
    const folder = temporaryFolder(t);
    const program = `
      const { launchSupervised } = await import(${JSON.stringify(new URL('../processes/supervised.mjs', import.meta.url).href)});
      const child = await launchSupervised({ name: 'sleep', command: '/bin/sleep', args: ['60'], stopSignal: 'SIGTERM', logFile: 'log', cwd: '.', env: process.env });
      console.log(JSON.stringify(child.identity));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      env: { ...process.env, THROUGHLINE_WATCHDOG: watchdog },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const identity = JSON.parse(String(await new Promise((resolve) => parent.stdout.once('data', resolve))));
    assert.equal(stillRuns(identity), true);

    parent.kill('SIGKILL');

    const end = Date.now() + 5_000;
    while (stillRuns(identity) && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(stillRuns(identity), false);
  });
}

test('a child that does not end by itself is ended by force', async (t) => {
  const folder = temporaryFolder(t);
  const child = await launchSupervised({
    name: 'stubborn',
    command: process.execPath,
    args: ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready")'],
    stopSignal: 'SIGTERM',
    logFile: join(folder, 'log'),
    cwd: folder,
    env: process.env,
  });

  await eventually(() => readFileSync(join(folder, 'log'), 'utf8').includes('ready'), { within: 10_000, every: 5, what: 'the child' });

  assert.equal(await child.stop(100), false);
  assert.equal(child.running, false);
});

test('a folder has one holder; a dead one is succeeded', (t) => {
  const home = temporaryFolder(t);
  const release = lockHome(home);
  assert.equal(holderOf(home)?.pid, process.pid);
  assert.throws(() => lockHome(home), { code: 'HOME_LOCKED' });

  release();
  assert.equal(existsSync(join(home, 'lock')), false);

  writeFileSync(join(home, 'lock'), JSON.stringify({ ...identityOf(process.pid), startTime: 'long ago' }));
  assert.equal(holderOf(home), undefined);
  lockHome(home)();
});

test('a kept port is taken again unless somebody else has it or it is promised', async (t) => {
  const port = await freePort(undefined);
  assert.equal(await freePort(port), port);
  assert.notEqual(await freePort(port, new Set([port])), port);

  const other = createServer();
  await new Promise((resolve) => other.listen(port, '127.0.0.1', () => resolve(undefined)));
  t.after(() => other.close());

  assert.equal(await tryBind(port), undefined);
  assert.notEqual(await freePort(port), port);
});

test('data of another major version of Postgres are refused with the way out', (t) => {
  const data = temporaryFolder(t);
  const binaries = { bin: '', version: '18.4', major: 18, origin: /** @type {const} */ ('package') };
  refuseOtherMajor(data, binaries);

  mkdirSync(join(data, 'postgres-15'));
  writeFileSync(join(data, 'postgres-15', 'PG_VERSION'), '15\n');

  assert.throws(
    () => refuseOtherMajor(data, binaries),
    (/** @type {any} */ error) => error.code === 'POSTGRES_MAJOR' && error.remedy.includes('pg_dumpall'),
  );
});

test('only old drafts are swept out of the tool cache', (t) => {
  const cache = temporaryFolder(t);
  const [finished, young, old] = ['node-24.21.0', draftOf('node-24.21.0') + 'abcdef', draftOf('kafka-4.3.1') + '123'];
  for (const name of [finished, young, old]) mkdirSync(join(cache, name));
  for (const name of [finished, old]) utimesSync(join(cache, name), 1_000, 1_000);

  sweepDrafts(cache);

  assert.deepEqual(readdirSync(cache).sort(), [finished, young].sort());
});
