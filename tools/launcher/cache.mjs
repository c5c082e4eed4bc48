import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';

/**
 * Gives a finished draft its name in the tool cache: readable by the other uids that run it, and in one step, so that a
 * second run never finds half of it. When another run was first, its copy stays.
 * @param {string} draft @param {string} folder
 */
export function publish(draft, folder) {
  spawnSync('chmod', ['-R', 'a+rX,go-w', draft], { stdio: 'ignore', timeout: 60_000 });
  try {
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
  rmSync(draft, { recursive: true, force: true });
}
