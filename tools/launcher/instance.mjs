import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { LauncherError } from './errors.mjs';
import { readJson, writePrivate } from './files.mjs';
import { lockHome } from './lock.mjs';
import { markOwner, sweepOrphans } from './orphans.mjs';
import { makeFolders } from './paths.mjs';
import { endProcess } from './processes/supervised.mjs';
import { noteUse } from './users-of-cache.mjs';
import { stillRuns } from './processes/identity.mjs';

/**
 * What an instance remembers between runs, in `<home>/instance.json`.
 * @typedef {object} InstanceState
 * @property {string} data
 * @property {Record<string, number>} ports
 * @property {Record<string, import('./processes/identity.mjs').ProcessIdentity & { stopSignal: NodeJS.Signals }>} processes
 */

export class Instance {
  /** @param {string} home @param {string} data @param {InstanceState} state @param {() => void} unlock */
  constructor(home, data, state, unlock) {
    this.home = home;
    this.data = data;
    this.state = state;
    this.unlock = unlock;
  }

  save() {
    writePrivate(join(this.home, 'instance.json'), JSON.stringify(this.state, null, 2));
  }

  /** @param {string} name @param {import('./processes/supervised.mjs').SupervisedProcess} [child] none: it has ended */
  remember(name, child) {
    if (child) this.state.processes[name] = { ...child.identity, stopSignal: child.launch.stopSignal };
    else delete this.state.processes[name];
    this.save();
  }
}

/**
 * Opens and locks an instance folder, and ends what a run that was killed may have left behind.
 * @param {string} home @returns {Promise<Instance>}
 */
export async function openInstance(home) {
  refuseForeign(home);
  const data = makeFolders(home);
  const unlock = lockHome(home);
  markOwner(data, home);
  noteUse(home);
  sweepOrphans();
  /** @type {InstanceState} */
  const state = { ports: {}, processes: {}, ...readJson(join(home, 'instance.json')), data };
  for (const recorded of Object.values(state.processes)) {
    if (stillRuns(recorded)) await endProcess(recorded, recorded.stopSignal, 15_000);
  }
  state.processes = {};
  const instance = new Instance(home, data, state, unlock);
  instance.save();
  return instance;
}

/** Files of two users in one folder end in errors that nobody understands, so the second user is told at once. */
export function refuseForeign(home) {
  const owner = statSync(home, { throwIfNoEntry: false })?.uid;
  const me = process.getuid?.();
  if (owner === undefined || me === undefined || owner === me) return;
  throw new LauncherError('HOME_OF_ANOTHER_USER', `${home} belongs to the user with id ${owner}; you are ${userInfo().username} (${me})`, {
    remedy: 'Start as that user, choose another folder with THROUGHLINE_HOME=<folder>, or remove it there with: npx throughline uninstall',
  });
}
