/** `npm test` and `npm run test:real`: tests, with one closing line. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';

/** @param {string[]} args passed on: `--only unit,int` @param {'test' | 'real'} [which] @returns {Promise<number>} exit code */
export function run(args, which = 'test') {
  const program = which === 'real' ? 'tools/test/real.mjs' : 'tools/test/run.mjs';
  const child = spawn(process.execPath, [join(projectRoot, program), ...args], { cwd: projectRoot, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
