import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, statSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../wait.mjs';
import { identityOf, stillRuns } from './identity.mjs';

const LOG_LIMIT = 20 * 1024 * 1024;
const watchdog = fileURLToPath(new URL('watchdog.mjs', import.meta.url));

/**
 * @typedef {object} Launch
 * @property {string} name
 * @property {string} command absolute path
 * @property {string[]} args never a secret: everybody on the machine can read them
 * @property {NodeJS.Signals} stopSignal what ends it cleanly; also sent when this process dies
 * @property {string} logFile
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {{ uid: number, gid: number }} [user] only as root
 * @property {number} [niceness] how much it gives way to others, in steps of nice
 */

/** A child that ends with its parent, however the parent ends. */
export class SupervisedProcess {
  /** @param {import('node:child_process').ChildProcess} child @param {import('./identity.mjs').ProcessIdentity} identity @param {Launch} launch */
  constructor(child, identity, launch) {
    this.identity = identity;
    this.launch = launch;
    /** @type {{ code: number | null, signal: string | null } | undefined} */
    this.exit = undefined;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
  }

  get running() {
    return this.exit === undefined && stillRuns(this.identity);
  }

  /** Ends it cleanly, by force after `within` milliseconds. @returns {Promise<boolean>} whether it ended by itself */
  async stop(within = 10_000) {
    const clean = await endProcess(this.identity, this.launch.stopSignal, within);
    await this.exited;
    return clean;
  }

  /** Ends it as a power cut would. */
  async kill() {
    signal(this.identity, 'SIGKILL');
    await this.exited;
  }
}

/** @param {Launch} launch @returns {Promise<SupervisedProcess>} */
export async function launchSupervised(launch) {
  const log = openLog(launch.logFile);
  try {
    return hasSetpriv() ? await throughSetpriv(launch, log) : await throughWatchdog(launch, log);
  } finally {
    closeSync(log);
  }
}

/**
 * Ends a process that this or an earlier run started; one that merely has its number is left alone.
 * @param {import('./identity.mjs').ProcessIdentity} identity @param {NodeJS.Signals} stopSignal
 */
export async function endProcess(identity, stopSignal, within = 10_000) {
  signal(identity, stopSignal);
  const end = Date.now() + within;
  while (stillRuns(identity)) {
    if (Date.now() >= end) {
      signal(identity, 'SIGKILL');
      return false;
    }
    await pause(25);
  }
  return true;
}

function signal(identity, name) {
  if (!stillRuns(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

let setpriv;
function hasSetpriv() {
  if (process.env.THROUGHLINE_WATCHDOG === '1') return false;
  setpriv ??= spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore', timeout: 5_000 }).status === 0;
  return setpriv;
}

/** nice and setpriv replace themselves by the program, so the child's id is the program's. */
async function throughSetpriv(launch, log) {
  const drop = launch.user ? [`--reuid=${launch.user.uid}`, `--regid=${launch.user.gid}`, '--clear-groups', '--no-new-privs'] : [];
  const args = ['setpriv', ...drop, '--pdeathsig', launch.stopSignal.slice(3), launch.command, ...launch.args];
  const child = spawn('nice', ['-n', String(launch.niceness ?? 0), ...args], {
    cwd: launch.cwd,
    env: launch.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  await spawned(child, launch);
  const settled = () => child.exitCode !== null || child.signalCode !== null;
  const identity = await eventually(
    () => {
      const found = identityOf(child.pid);
      if (settled()) return { pid: child.pid, startTime: 'ended', command: launch.command };
      // For an instant, while one program replaces the other, the command is empty.
      return found?.command && !/^(?:nice|setpriv) /.test(found.command) ? found : undefined;
    },
    { within: 10_000, every: 5, what: `${launch.name} to start` },
  );
  return new SupervisedProcess(child, identity, launch);
}

/** Where there is no setpriv, a small process in between ends the program when our end of its pipe closes. */
async function throughWatchdog(launch, log) {
  const child = spawn(process.execPath, [watchdog], {
    cwd: launch.cwd,
    env: launch.env,
    detached: true,
    stdio: ['pipe', log, log, 'ipc'],
  });
  await spawned(child, launch);
  const { command, args, stopSignal, user, niceness } = launch;
  const pid = new Promise((resolve, reject) => {
    child.once('message', (/** @type {any} */ message) => (message.pid ? resolve(message.pid) : reject(new Error(message.error))));
    child.once('exit', () => reject(new Error(`${launch.name} did not start: see ${launch.logFile}`)));
  });
  child.send({ command, args, stopSignal, user, niceness });
  const started = await pid;
  child.disconnect();
  /** @type {import('node:net').Socket} */ (child.stdin).unref();
  const identity = await eventually(
    () => {
      const found = identityOf(started);
      if (!found) return { pid: started, startTime: 'ended', command };
      return found.command && !found.command.includes('watchdog.mjs') ? found : undefined;
    },
    { within: 10_000, every: 5, what: `${launch.name} to start` },
  );
  return new SupervisedProcess(child, identity, launch);
}

function spawned(child, launch) {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`Cannot start ${launch.name} (${launch.command})`, { cause })));
  });
}

function openLog(path) {
  const log = openSync(path, 'a', 0o600);
  if (statSync(path).size > LOG_LIMIT) truncateSync(path);
  return log;
}
