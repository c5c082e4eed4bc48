// All tests, in the order in which a failure is cheapest to find; every part runs whatever failed before it. The last line is
// "N passed, N failed". `--only unit,int` runs some parts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ofJest, ofNodeTest } from './counts.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const reports = mkdtempSync(join(tmpdir(), 'throughline-test-'));
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : undefined;

// A worker brings up a Postgres and a Kafka of its own, unless it is given one: then files would take each other's schemas away.
const sharesInfrastructure = ['DATABASE_URL', 'KAFKA_BROKERS', 'THROUGHLINE_TEST_HOME'].some((name) => process.env[name]);

const jest = (project, ...flags) => ({
  name: project,
  args: [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    project,
    '--json',
    '--outputFile',
    report(project),
    ...flags,
  ],
  count: ofJest,
});
const nodeTest = (name, pattern) => ({
  name,
  args: [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=tap',
    `--test-reporter-destination=${report(name)}`,
    pattern,
  ],
  count: ofNodeTest,
});
const parts = [
  { name: 'contracts', args: ['tools/contracts/generate.mjs', '--check'], count: undefined },
  nodeTest('tools', 'tools/**/*.test.mjs'),
  jest('unit'),
  jest('corpora', '--runInBand'),
  nodeTest('launcher', 'tools/launcher/test/*.int.mjs'),
  jest('int', ...(sharesInfrastructure ? ['--runInBand'] : [])),
  jest('e2e', '--runInBand'),
];

function report(name) {
  return join(reports, `${name}.report`);
}

function run(part) {
  return new Promise((done) => {
    const child = spawn(process.execPath, part.args, { cwd: root, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.once('error', () => done(1));
    child.once('exit', (code) => done(code ?? 1));
  });
}

function counted(part, code) {
  const exit = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  if (!part.count) return exit;
  try {
    const { passed, failed } = part.count(readFileSync(report(part.name), 'utf8'));
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
  } catch {
    return exit;
  }
}

let passed = 0;
let failed = 0;
const started = Date.now();
for (const part of parts.filter(({ name }) => only?.includes(name) ?? true)) {
  const at = Date.now();
  console.log(`\n== ${part.name}`);
  const result = counted(part, await run(part));
  passed += result.passed;
  failed += result.failed;
  console.log(`== ${part.name}: ${result.passed} passed, ${result.failed} failed in ${Math.round((Date.now() - at) / 1000)} s`);
}
rmSync(reports, { recursive: true, force: true });
console.log(`\nall parts took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
