/**
 * Runs the services in one process, each with its own variables; `--only <name>` runs one alone with the same code.
 * Ends when told to, or when the process that started it is gone.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, parseEnv } from 'node:util';
import { SERVICES_GROUP } from './infra/users.mjs';
import { dataFolder, homeFolder, isRoot, projectRoot } from './paths.mjs';
import { environmentFile } from './provision/environment.mjs';
import { SERVICES } from './services.mjs';

const STOP_WITHIN = 20_000;
const { values } = parseArgs({ options: { data: { type: 'string' }, only: { type: 'string', multiple: true } } });
const data = values.data ?? dataFolder(homeFolder());
const names = values.only ?? SERVICES;

/** @type {{ name: string, url: string, close(): Promise<void> }[]} */
const running = [];
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
  // Before anything else has imported node:http.
  await load('libs/telemetry/dist/preload.js');
  const { runService } = await load('libs/service/dist/index.js');
  const inside = names.filter((name) => name !== 'gateway');
  const results = await Promise.allSettled(inside.map((name) => startOne(name, runService)));
  const failed = results.findIndex(({ status }) => status === 'rejected');
  if (failed >= 0) return fail(inside[failed], /** @type {PromiseRejectedResult} */ (results[failed]).reason);
  if (!names.includes('gateway')) return tell({ type: 'all' });
  try {
    await startOne('gateway', runService);
    tell({ type: 'all' });
  } catch (error) {
    fail('gateway', error);
  }
}

async function startOne(name, runService) {
  const since = Date.now();
  const { service } = await load(`apps/${name}/dist/service.js`);
  const started = await runService(service, parseEnv(readFileSync(environmentFile(data, name), 'utf8')));
  running.push(started);
  tell({ type: 'started', name, url: started.url, ms: Date.now() - since });
}

async function load(path) {
  const module = await import(pathToFileURL(join(projectRoot, path)).href);
  return module.default ? { service: module.default, ...module } : module;
}

function stop(code) {
  stopping ??= (async () => {
    setTimeout(() => process.exit(code || 1), STOP_WITHIN).unref();
    for (const service of running.reverse().filter(({ name }) => name === 'gateway')) await service.close();
    await Promise.allSettled(running.filter(({ name }) => name !== 'gateway').map((service) => service.close()));
    const { flushTelemetry } = await load('libs/telemetry/dist/index.js').catch(() => ({ flushTelemetry: undefined }));
    await flushTelemetry?.();
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
