/** `throughline uninstall`: stops what runs and removes all that was made, after asking. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { LauncherError } from './errors.mjs';
import { refuseForeign } from './instance.mjs';
import { holderOf } from './lock.mjs';
import { ROOT_STORE, cacheFolder, dataFolder, homeFolder, isRoot, projectRoot } from './paths.mjs';
import { runnerOf } from './orphans.mjs';
import { endProcess } from './processes/supervised.mjs';
import { removeInstance } from './remove.mjs';
import { say } from './terminal.mjs';
import { othersUse } from './users-of-cache.mjs';

/** @param {string[]} args @returns {Promise<number>} exit code */
export async function run(args) {
  const { values } = parseArgs({ args, options: { home: { type: 'string' }, yes: { type: 'boolean' } } });
  const home = homeFolder(values.home);
  refuseForeign(home);
  const things = thingsOf(home);
  if (things.length === 0) {
    say('There is nothing to remove.');
    return 0;
  }
  say('This removes for good:');
  for (const { path, what } of things) say(`  ${path}  (${what})`);
  if (!values.yes && !(await confirmed())) {
    say('Nothing was removed.');
    return 1;
  }
  await stopRunning(home);
  await removeInstance(home);
  for (const { path } of things) rmSync(path, { recursive: true, force: true });
  if (isRoot() && existsSync(ROOT_STORE) && readdirSync(ROOT_STORE).length === 0) rmSync(ROOT_STORE, { recursive: true });
  say('Removed. The clone itself is yours to delete.');
  return 0;
}

/**
 * Of an instance elsewhere (`--home`) only its own folders go. With the clone's own instance go what was fetched and built for
 * the clone, and the fetched tools unless another clone of this user runs from them.
 */
export function thingsOf(home, ownHome = homeFolder(undefined)) {
  const things = [{ path: home, what: 'settings, keys, logs and all data' }];
  if (dataFolder(home) !== home) things.push({ path: dataFolder(home), what: 'databases and scanners' });
  if (home !== ownHome) return things.filter(isThere);
  if (!othersUse(home)) things.push({ path: cacheFolder(), what: 'fetched Node.js, Kafka and Postgres' });
  things.push({ path: join(projectRoot, 'node_modules'), what: 'dependencies' });
  for (const group of ['libs', 'apps']) {
    const folder = join(projectRoot, group);
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) things.push({ path: join(folder, name, 'dist'), what: 'build' });
  }
  return things.filter(isThere);
}

const isThere = ({ path }) => existsSync(path);

async function confirmed() {
  if (!process.stdin.isTTY)
    throw new LauncherError('NOT_CONFIRMED', 'Nobody is there to confirm this', { remedy: 'npx throughline uninstall --yes', exitCode: 2 });
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Remove all of this? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function stopRunning(home) {
  const holder = existsSync(home) ? holderOf(home) : runnerOf(dataFolder(home));
  if (!holder) return;
  say(`Stopping process ${holder.pid} ...`);
  await endProcess(holder, 'SIGTERM', 60_000);
}
