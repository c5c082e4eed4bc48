/** `throughline doctor`: what this machine has, what is missing, and how to get it. Changes nothing; needs nothing installed. */
import { parseArgs } from 'node:util';
import { diskChecks, memoryChecks } from './doctor/capacity.mjs';
import { homeChecks } from './doctor/home.mjs';
import { imageChecks } from './doctor/images.mjs';
import { programChecks } from './doctor/programs.mjs';
import { sandboxChecks } from './doctor/sandbox.mjs';
import { homeFolder } from './paths.mjs';
import { bold, failure, say, warning } from './terminal.mjs';

/**
 * `bad`: it will not start. `poor`: it starts, but something will be missing or slow.
 * @typedef {{ name: string, state: 'good' | 'poor' | 'bad', found: string, remedy?: string }} Check
 */

const MARKS = { good: 'ok  ', poor: warning('poor'), bad: failure('BAD ') };

/** @param {string[]} args @returns {Promise<number>} exit code: 1 when something keeps it from starting */
export async function run(args) {
  const { values } = parseArgs({ args, options: { home: { type: 'string' }, json: { type: 'boolean' } } });
  const home = homeFolder(values.home);
  /** @type {Check[]} */
  const checks = [
    ...programChecks(),
    ...imageChecks(),
    ...(await homeChecks(home)),
    ...memoryChecks(),
    ...diskChecks(home),
    ...sandboxChecks(),
  ];
  const bad = checks.filter(({ state }) => state === 'bad');
  if (values.json) say(JSON.stringify(checks, null, 2));
  else print(checks, bad);
  return bad.length ? 1 : 0;
}

function print(checks, bad) {
  for (const { name, state, found, remedy } of checks) {
    say(`${MARKS[state]}  ${name.padEnd(12)} ${found}`);
    if (remedy && state !== 'good') say(`      ${''.padEnd(12)} -> ${remedy}`);
  }
  say();
  const running = checks.some(({ name, found }) => name === 'instance' && found.startsWith('runs '));
  if (running) say(bold('It runs.'));
  else say(bad.length ? bold(`It will not start: ${bad.map(({ name }) => name).join(', ')}`) : bold('It can start: npm start'));
}
