/** `npm test`: every stage of the tests, one after the other, with one closing line. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readJson } from './files.mjs';
import { projectRoot } from './paths.mjs';
import { bold, failure, say, took } from './terminal.mjs';

const STAGES = ['launcher', 'unit', 'int', 'e2e'];

/** @param {string[]} args stages; all when none is named @returns {Promise<number>} exit code */
export async function run(args) {
  const unknown = args.filter((name) => !STAGES.includes(name));
  if (unknown.length)
    throw Object.assign(new Error(`There is no stage ${unknown.join(', ')}`), { remedy: `Stages: ${STAGES.join(', ')}`, exitCode: 2 });
  const since = Date.now();
  const results = [];
  for (const name of args.length ? args : STAGES) {
    const began = Date.now();
    say(bold(`\n== ${name}`));
    const passed = (await runStage(name)) === 0;
    results.push(`${name} ${passed ? 'passed' : failure('FAILED')} (${took(began)})`);
    if (!passed) process.exitCode = 1;
  }
  say(`\n${process.exitCode ? failure('Tests failed') : 'All tests passed'} in ${took(since)}: ${results.join(', ')}`);
  return Number(process.exitCode ?? 0);
}

function runStage(name) {
  const { scripts } = readJson(join(projectRoot, 'package.json'));
  const [command, args] =
    name === 'launcher'
      ? [process.execPath, ['--test', 'tools/launcher/**/*.test.mjs', 'tools/launcher/test/*.int.mjs']]
      : ['sh', ['-c', scripts[name]]];
  const bin = `${join(projectRoot, 'node_modules', '.bin')}:${process.env.PATH}`;
  const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, PATH: bin } });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
