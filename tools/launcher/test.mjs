/** `npm test`: all tests, with one closing line. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';

/** @param {string[]} args passed on: `--only unit,int` @returns {Promise<number>} exit code */
export function run(args) {
  const child = spawn(process.execPath, [join(projectRoot, 'tools/test/run.mjs'), ...args], { cwd: projectRoot, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
