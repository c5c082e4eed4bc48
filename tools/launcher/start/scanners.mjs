import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, projectRoot } from '../paths.mjs';
import { progress, took, warning } from '../terminal.mjs';
import { runNode } from './child.mjs';

/**
 * Brings the scanners while the servers start. One that cannot be brought is reported and counts as unavailable later; it
 * never keeps the platform from starting.
 * @param {string} home must exist @param {AbortSignal} signal
 */
export async function installScanners(home, signal) {
  const program = join(projectRoot, 'apps/scanner-orchestrator/dist/install-tools.js');
  if (!existsSync(program)) return progress(warning('Scanners: this build has no installer for them'));
  const since = Date.now();
  const folder = join(dataFolder(home), 'tools');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  let last = '';
  const onLine = (line) => {
    progress(`Scanners: ${(last = line.replace(/^scanners: /, ''))}`);
  };
  const code = await runNode([program, '--dir', folder], { env: process.env, cwd: projectRoot, within: 600_000, onLine, signal });
  if (signal.aborted) return;
  if (code === 0) progress(`Scanners: ready (${took(since)})`);
  else progress(warning(`Scanners: the installer ended with ${code}${last ? ` (${last})` : ''}; what is missing counts as unavailable`));
}
