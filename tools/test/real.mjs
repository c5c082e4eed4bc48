// `npm run test:real`: the platform against real servers and heavy scanners, each brought once, pinned, into the tool cache.
// Every part runs whatever became of the one before; one that did not run is named and counts as failed. The last line is
// "N passed, N failed". `--only gitea` runs some parts, `--within 1200` ends in that many seconds.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ofJest } from './counts.mjs';
import { scannersOf } from './real/scanners.mjs';
import { serverOf } from './real/servers.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const folder = join(root, 'test/real');
const { values } = parseArgs({ options: { only: { type: 'string' }, within: { type: 'string', default: '3600' } } });
const deadline = Date.now() + Number(values.within) * 1000;
const reports = mkdtempSync(join(tmpdir(), 'throughline-real-'));
const say = (line) => console.log(line);
const left = () => deadline - Date.now();

/** Time that Jest has to end by itself after it was told to. */
const GRACE = 20_000;

function jest(name, brought) {
  const report = join(reports, name);
  const flags = ['--selectProjects', 'real', '--runInBand', '--forceExit', '--json', '--outputFile', report];
  return new Promise((done) => {
    const args = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...flags, '--testPathPatterns', `test/real/${name}/`];
    // A group of its own: what a test that is ended has started ends with it.
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: 'inherit',
      detached: true,
      env: { ...process.env, REAL_PART: brought },
    });
    const stop = setTimeout(() => endGroup(child, 'SIGTERM'), Math.max(left() - GRACE, 0));
    const end = setTimeout(() => endGroup(child, 'SIGKILL'), Math.max(left(), GRACE));
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => endGroup(child, signal));
    child.once('error', () => done({ passed: 0, failed: 1 }));
    child.once('exit', (code) => {
      for (const timer of [stop, end]) clearTimeout(timer);
      endGroup(child, 'SIGTERM');
      done(counted(report, code));
    });
  });
}

function endGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Without a report nothing is known to have passed. */
function counted(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, left: 'it did not come to its end' };
  const { passed, failed } = ofJest(readFileSync(report, 'utf8'));
  return { passed, failed: (code !== 0 || passed === 0) && failed === 0 ? 1 : failed };
}

/** The folder with what a part needs, in the tool cache. */
function bring(place, part) {
  const options = { say, within: left() };
  return part.scanners ? scannersOf(part, options) : serverOf(place, part, options);
}

/** @returns {Promise<{ passed: number, failed: number, left?: string }>} */
async function run(name) {
  const part = JSON.parse(readFileSync(join(folder, name, 'part.json'), 'utf8'));
  if (left() < 2 * GRACE) return { passed: 0, failed: 1, left: 'no time was left for it' };
  try {
    return await jest(name, await bring(join(folder, name), part));
  } catch (error) {
    const said = String(error.stderr || error.message).trim();
    return {
      passed: 0,
      failed: 1,
      left: `${part.title} could not be brought: ${error.killed ? 'it took too long\n' : ''}${said.slice(-2_000)}`,
    };
  }
}

const wanted = values.only?.split(',');
const parts = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'part.json')) && (wanted?.includes(name) ?? true));
const total = { passed: 0, failed: 0 };
const notRun = (wanted ?? []).filter((name) => !parts.includes(name)).map((name) => `${name}: there is no such part`);
total.failed += notRun.length;
for (const name of parts) {
  const since = Date.now();
  say(`\n== real ${name}`);
  const result = await run(name);
  if (result.left) notRun.push(`${name}: ${result.left}`);
  total.passed += result.passed;
  total.failed += result.failed;
  say(`== real ${name}: ${result.passed} passed, ${result.failed} failed in ${Math.round((Date.now() - since) / 1000)} s`);
}
rmSync(reports, { recursive: true, force: true });
for (const why of notRun) say(`did not run: ${why}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
