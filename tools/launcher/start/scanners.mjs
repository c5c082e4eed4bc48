import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetching } from '../fetching.mjs';
import { adopt } from '../infra/users.mjs';
import { progress, took, warning } from '../terminal.mjs';
import { runNode } from './child.mjs';

/**
 * Brings the scanners while the servers start. One that cannot be brought is reported and counts as unavailable later; it
 * never keeps the platform from starting.
 * @param {{ data: string, code: string }} place @param {AbortSignal} signal @param {readonly string[]} [wishes]
 * @returns {Promise<number>} how the installer ended
 */
export async function installScanners({ data, code }, signal, wishes = []) {
  const program = join(code, 'apps/scanner-orchestrator/dist/install-tools.js');
  if (!existsSync(program)) {
    progress(warning('Scanners: this build has no installer for them'));
    return 3;
  }
  const since = Date.now();
  const folder = join(data, 'tools');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  let last = '';
  const onLine = (line) => {
    progress(`Scanners: ${(last = line.replace(/^scanners: /, ''))}`);
  };
  const exit = await fetching(({ env, user }) => {
    adopt(folder, user);
    return runNode([program, '--dir', folder, ...wishes], { env, user, cwd: code, within: 600_000, onLine, signal });
  });
  if (signal.aborted) return exit;
  if (exit === 0) progress(`Scanners: ready (${took(since)})`);
  else progress(warning(`Scanners: the installer ended with ${exit}${last ? ` (${last})` : ''}; what is missing counts as unavailable`));
  return exit;
}
