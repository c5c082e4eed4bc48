import { chmodSync, chownSync, lchownSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isRoot } from '../paths.mjs';
import { SERVICES } from '../services.mjs';

/**
 * Started as root, only the launcher stays root; everything else runs under a number of its own that needs no account.
 * Scanners in a box of root's have 62000 and up.
 * @typedef {{ uid: number, gid: number }} User
 */

const NOBODY = { uid: 65_534, gid: 65_534 };

/** What the services share, and nobody else may read: bodies, logs, local repositories. */
export const SERVICES_GROUP = 61_000;
const PLATFORM = { uid: 61_000, gid: SERVICES_GROUP };
const DEMO = { uid: 61_997, gid: SERVICES_GROUP };

/** Whoever fetches and builds can write neither what runs nor what it reads. */
const FETCHER = { uid: 61_998, gid: 61_998 };
const KAFKA = { uid: 61_999, gid: 61_999 };

/** @returns {User | undefined} Postgres wants an account that the machine knows by name; undefined: our own will do */
export function postgresUser() {
  if (!isRoot()) return undefined;
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : NOBODY;
}

/** @returns {User | undefined} */
export const kafkaUser = () => (isRoot() ? KAFKA : undefined);

/** @returns {User | undefined} */
export const fetchUser = () => (isRoot() ? FETCHER : undefined);

/** @returns {User | undefined} */
export const demoUser = () => (isRoot() ? DEMO : undefined);

/**
 * @param {string} [service] in a process of its own; none: all of them in one
 * @returns {User | undefined}
 */
export function serviceUser(service) {
  if (!isRoot()) return undefined;
  return service ? { uid: PLATFORM.uid + 1 + SERVICES.indexOf(service), gid: SERVICES_GROUP } : PLATFORM;
}

/** @param {string} path @param {User | undefined} user */
export function give(path, user) {
  if (user) chownSync(path, user.uid, user.gid);
}

/**
 * Gives a folder that several users of one group share: what is made in it belongs to the group.
 * @param {string} folder @param {User | undefined} user @param {number} mode of the folder
 */
export function share(folder, user, mode) {
  if (!user) return;
  chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o2000 | mode);
}

/** @param {string} folder @param {User} user */
export function giveTree(folder, user) {
  give(folder, user);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) giveEntry(join(entry.parentPath, entry.name), user);
}

/**
 * One thing in a folder that another user writes. A link could lead root to give away a file of its own.
 * @param {string} path @param {User} user
 */
export function giveEntry(path, user) {
  const found = lstatSync(path);
  if (!found.isFile() || found.nlink === 1) lchownSync(path, user.uid, user.gid);
}

/** Gives a whole folder, once. @param {string} folder @param {User | undefined} user */
export function adopt(folder, user) {
  if (user && statSync(folder).uid !== user.uid) giveTree(folder, user);
}

/** @param {'r' | 'x'} right @param {string} path @param {User | undefined} user @returns {boolean} found by trying */
export function may(right, path, user) {
  return (
    spawnSync('/bin/sh', ['-c', `test -${right} "$1"`, 'sh', path], { ...user, cwd: '/', stdio: 'ignore', timeout: 5_000 }).status === 0
  );
}
