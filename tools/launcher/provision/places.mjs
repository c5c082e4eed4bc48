import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { adopt, demoUser, fetchUser, giveEntry, serviceUser, share } from '../infra/users.mjs';
import { moveTree } from '../trees.mjs';

/** What services read and write lies in the data folder; as root links in the home show the way to it. */
const SHOWN = ['run', 'keys', 'blobs', 'local', 'demo'];

/** @param {string} home @param {string} data @returns {string} where the services write their logs; the launcher's own never lie there */
export const serviceLogs = (home, data) => (data === home ? join(home, 'logs') : join(data, 'logs'));

/**
 * Makes the folders of the services, each with the users who may enter it. As an ordinary user the home's own mode keeps
 * everybody else out.
 * @param {string} home @param {string} data @param {(service: string) => import('../infra/users.mjs').User | undefined} userOf
 */
export function makePlaces(home, data, userOf) {
  if (data !== home) for (const name of SHOWN) show(join(home, name), join(data, name));
  for (const name of ['blobs', 'local', 'demo']) mkdirSync(join(data, name), { recursive: true, mode: 0o700 });
  for (const name of ['tools', 'work']) mkdirSync(join(data, name), { recursive: true, mode: 0o711 });
  adopt(join(data, 'tools'), fetchUser());
  adopt(join(data, 'work'), userOf('scanner-orchestrator'));
  const services = serviceUser();
  if (!services) return;
  const logs = serviceLogs(home, data);
  mkdirSync(logs, { recursive: true });
  show(join(home, 'logs', 'services'), logs);
  for (const name of readdirSync(logs)) giveEntry(join(logs, name), userOf(name.split('.')[0]));
  adopt(join(data, 'blobs'), services);
  for (const path of [join(data, 'blobs'), logs]) share(path, services, 0o770);
  share(join(data, 'local'), { uid: 0, gid: services.gid }, 0o750);
  share(join(data, 'demo'), demoUser(), 0o750);
}

/** What an earlier version kept in the home moves to where the services can reach it. */
function show(link, place) {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return;
  if (found && !existsSync(place)) moveTree(link, place);
  rmSync(link, { recursive: true, force: true });
  symlinkSync(place, link);
}
