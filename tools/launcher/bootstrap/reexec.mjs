import { spawn } from 'node:child_process';
import { parentOf } from '../processes/identity.mjs';

/** The Kafka client computes timers in the past; Node warns of each. */
const QUIET = ['--disable-warning=TimeoutNegativeWarning'];

/**
 * Runs a command line, the same one if no other is given, under another Node and ends as it ends. The channel between the
 * two lets the child notice when this process is killed.
 * @param {string} node @param {NodeJS.ProcessEnv} env @param {string[]} line @returns {Promise<number>} exit code
 */
export function continueUnder(node, env, line = process.argv.slice(1)) {
  const child = spawn(node, [...QUIET, ...line], { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(/** @type {NodeJS.Signals} */ (name)));
  watchNpm(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/**
 * npm that is killed by force passes nothing on, and its shell in between lives, so a change among our ancestors is the
 * only sign.
 */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    onGone();
  }, 1_000);
  timer.unref();
}
