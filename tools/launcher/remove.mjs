import { existsSync, rmSync } from 'node:fs';
import { LauncherError } from './errors.mjs';
import { holderOf } from './lock.mjs';
import { ROOT_STORE, dataFolder } from './paths.mjs';
import { forgetUse } from './users-of-cache.mjs';

/**
 * Removes what an instance made outside its home (as root) and the home itself. Nobody may be running it.
 * @param {string} home
 */
export async function removeInstance(home) {
  if (!existsSync(home)) return;
  const holder = holderOf(home);
  if (holder) throw new LauncherError('HOME_LOCKED', `Process ${holder.pid} still runs ${home}`, { remedy: 'Stop it first.' });
  const data = dataFolder(home);
  if (data.startsWith(`${ROOT_STORE}/`)) rmSync(data, { recursive: true, force: true });
  forgetUse(home);
  rmSync(home, { recursive: true, force: true });
}
