import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where root keeps what its unprivileged children must reach: a home folder is often closed to them. */
export const ROOT_STORE = '/var/lib/throughline';

export const isRoot = () => process.getuid?.() === 0;

/** @param {string} [given] `--home`; else THROUGHLINE_HOME; else `.throughline/` in the clone */
export function homeFolder(given) {
  return resolve(given ?? (process.env.THROUGHLINE_HOME || join(projectRoot, '.throughline')));
}

/** Fetched tools, shared by all clones of this user: written by rename, read only afterwards. */
export function cacheFolder() {
  if (process.env.THROUGHLINE_CACHE) return resolve(process.env.THROUGHLINE_CACHE);
  if (isRoot()) return join(ROOT_STORE, 'cache');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline');
}

/** @returns {string} the tool cache, made when it is not there */
export function makeCache() {
  makeRootStore();
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

function makeRootStore() {
  if (isRoot()) mkdirSync(ROOT_STORE, { recursive: true, mode: 0o711 });
}

/**
 * Where an instance keeps what other uids read or write (databases, scanner tools, work folders).
 * As an ordinary user this is the home itself; as root a folder that other uids may pass through but not list.
 * @param {string} home when it was deleted, what it left behind is still found
 */
export function dataFolder(home) {
  const real = realPath(home);
  if (!isRoot()) return real;
  return join(ROOT_STORE, createHash('sha256').update(real).digest('hex').slice(0, 16));
}

function realPath(path) {
  if (existsSync(path)) return realpathSync(path);
  return existsSync(dirname(path)) ? join(realpathSync(dirname(path)), basename(path)) : resolve(path);
}

/**
 * Makes the folders of an instance with the modes that keep other users out.
 * @param {string} home
 */
export function makeFolders(home) {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const data = dataFolder(home);
  makeRootStore();
  mkdirSync(data, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
  mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
  return data;
}
