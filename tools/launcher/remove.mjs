import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from './errors.mjs';
import { Container } from './infra/docker/compose.mjs';
import { holderOf } from './lock.mjs';
import { ROOT_STORE, dataFolder } from './paths.mjs';
import { forgetUse } from './users-of-cache.mjs';

/**
 * Removes what an instance made outside its home (as root) and the home itself, also when the home is gone already. Nobody may
 * be running it.
 * @param {string} home
 */
export async function removeInstance(home) {
  const holder = holderOf(home);
  if (holder) throw new LauncherError('HOME_LOCKED', `Process ${holder.pid} still runs ${home}`, { remedy: 'Stop it first.' });
  await removeContainers(home);
  const data = dataFolder(home);
  if (data.startsWith(`${ROOT_STORE}/`)) rmSync(data, { recursive: true, force: true });
  forgetUse(home);
  rmSync(home, { recursive: true, force: true });
}

/** Containers are not our children, so they may still be there. */
async function removeContainers(home) {
  const folder = join(home, 'docker');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) await new Container(home, name, {}).down();
}
