import { spawn } from 'node:child_process';

/** The Kafka client computes timers in the past; Node warns of each. */
const QUIET = ['--disable-warning=TimeoutNegativeWarning'];

/**
 * Runs the same command line under another Node and ends as it ends. The channel between the two lets the child notice
 * when this process is killed.
 * @param {string} node @param {NodeJS.ProcessEnv} env @returns {Promise<number>} exit code
 */
export function continueUnder(node, env) {
  const child = spawn(node, [...QUIET, ...process.argv.slice(1)], { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(/** @type {NodeJS.Signals} */ (name)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
