import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LauncherError } from './errors.mjs';
import { identityOf, stillRuns } from './processes/identity.mjs';

/** @param {string} home @returns {import('./processes/identity.mjs').ProcessIdentity | undefined} who runs this instance now */
export function holderOf(home) {
  const holder = read(join(home, 'lock'));
  return holder && stillRuns(holder) ? holder : undefined;
}

/**
 * Takes the instance for this process; a lock whose holder is dead is taken over.
 * @param {string} home @param {string} [name] of the lock @returns {() => void} release
 */
export function lockHome(home, name = 'lock') {
  const path = join(home, name);
  const mine = JSON.stringify(identityOf(process.pid));
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (created(draft, path)) return () => release(path, mine);
      discardStale(path);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new LauncherError('HOME_LOCKED', `Could not take the lock ${path}`, { remedy: 'Try again.' });
}

/** A link appears whole or not at all, so that nobody reads a lock without its holder. */
function created(draft, path) {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} home */
export function refuseRunning(home) {
  const holder = holderOf(home);
  if (holder) throw inUse(join(home, 'lock'), holder);
}

function inUse(path, holder) {
  return new LauncherError('HOME_LOCKED', `Another run (process ${holder.pid}) uses ${dirname(path)}`, {
    remedy: 'Stop it with Ctrl-C in its terminal, or give this one a folder of its own: THROUGHLINE_HOME=<folder>.',
  });
}

function discardStale(path) {
  const holder = read(path);
  if (holder && stillRuns(holder)) {
    throw inUse(path, holder);
  }
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const taken = read(aside);
  // Somebody else may have taken over between our look and our rename: then it is put back.
  if (taken && stillRuns(taken)) created(aside, path);
  rmSync(aside, { force: true });
}

function release(path, mine) {
  try {
    if (readFileSync(path, 'utf8') === mine) rmSync(path, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
