import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Runs one of our own programs to its end and passes its lines on.
 * @param {string[]} args of node @param {{ env: NodeJS.ProcessEnv, user?: import('../infra/users.mjs').User, cwd: string, within: number, onLine: (line: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<number>} exit code; -1 when it was ended
 */
export function runNode(args, { env, user, cwd, within, onLine, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      ...user,
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: within,
      signal,
      killSignal: 'SIGTERM',
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    child.once('error', (error) => (error.name === 'AbortError' ? resolve(-1) : reject(error)));
    child.once('close', (code) => resolve(code ?? -1));
  });
}
