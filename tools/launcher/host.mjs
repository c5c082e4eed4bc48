/**
 * Runs the services in one process, each with its own variables; `--only <name>` runs one alone with the same code.
 * Ends when told to, or when the process that started it is gone.
 */
import { subscribe } from 'node:diagnostics_channel';
import { statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { DOOR, DoorThread } from './host/door-thread.mjs';
import { Hosted } from './host/hosted.mjs';
import { SERVICES_GROUP } from './infra/users.mjs';
import { dataFolder, homeFolder, isRoot } from './paths.mjs';
import { behind } from './processes/niceness.mjs';
import { environmentFile } from './provision/environment.mjs';
import { SERVICES } from './services.mjs';

const STOP_WITHIN = 20_000;
/** How much the flow gives way to callers, in steps of nice. */
const FLOW_NICENESS = 7;
const { values } = parseArgs({ options: { data: { type: 'string' }, only: { type: 'string', multiple: true } } });
const data = values.data ?? dataFolder(homeFolder());
const names = values.only ?? SERVICES;
const inside = names.filter((name) => name !== 'gateway');

const flow = new Hosted(data);
/** @type {DoorThread | undefined} */
let door;
/** @type {Promise<void> | undefined} */
let stopping;

becomeOwner();

for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => void stop(0));
process.on('disconnect', () => void stop(0));
process.on('message', (message) => {
  if (message === 'stop') void stop(0);
});
process.on('unhandledRejection', (error) => fail('the host', error));
process.on('uncaughtException', (error) => fail('the host', error));

if (process.env.NODE_ENV === 'production' && names.length > 1 && process.env.THROUGHLINE_ONE_PROCESS !== 'yes') {
  fail(
    'the host',
    new Error(
      'In production each service runs in a process of its own: in one process their separate accounts and keys protect nothing. Start them with --only, or set THROUGHLINE_ONE_PROCESS=yes.',
    ),
  );
} else {
  await startAll();
}

/** No service runs as root: it becomes whoever may read its variables. */
function becomeOwner() {
  if (isRoot()) {
    const { uid, gid } = statSync(environmentFile(data, names[0]));
    process.setgroups([]);
    process.setgid(gid);
    process.setuid(uid);
  }
  if (process.getgid?.() === SERVICES_GROUP) process.umask(0o007);
}

/** All but the gateway at once; it opens the public door when there is something behind it. */
async function startAll() {
  if (names.length > 1) openDoorThread();
  const results = await Promise.allSettled(inside.map(start));
  const failed = results.findIndex(({ status }) => status === 'rejected');
  if (failed >= 0) return fail(inside[failed], /** @type {PromiseRejectedResult} */ (results[failed]).reason);
  try {
    if (names.includes('gateway')) await start('gateway');
    tell({ type: 'all' });
  } catch (error) {
    fail('gateway', error);
  }
}

/**
 * Linux gives each thread its own niceness: this one and what it starts, git and scanners, stand back behind the door's. So do the
 * processes of Postgres that serve it, which only who started Postgres may ask; the door's own connections are told in its thread.
 */
function openDoorThread() {
  door = new DoorThread(data);
  door.once('fault', (error) => fail('the door', error));
  if (process.platform !== 'linux') return;
  setPriority(behind(FLOW_NICENESS));
  subscribe('throughline:database-backend', (pid) => tell({ type: 'backend', pid }));
}

/** @param {string} name */
async function start(name) {
  tell({ type: 'started', ...(await hostOf(name).start(name)) });
}

/** @param {string} name */
function hostOf(name) {
  return door && DOOR.includes(name) ? door : flow;
}

/** The public door first. @param {number} code */
function stop(code) {
  stopping ??= (async () => {
    setTimeout(() => process.exit(code || 1), STOP_WITHIN).unref();
    const hosts = door ? [flow, door] : [flow];
    await hostOf('gateway').stop(['gateway']);
    await Promise.allSettled(hosts.map((host) => host.stop(inside)));
    await Promise.allSettled(hosts.map((host) => host.flush()));
    process.exit(code);
  })();
  return stopping;
}

function fail(name, error) {
  process.stderr.write(`${name}: ${error?.stack ?? error}\n`);
  tell({ type: 'failed', name, message: String(error?.message ?? error), code: error?.code });
  void stop(1);
}

function tell(message) {
  if (process.connected) process.send?.(message);
}
