import { chownSync, lchownSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from '../paths.mjs';

/** @typedef {{ uid: number, gid: number }} User */

const NOBODY = { uid: 65_534, gid: 65_534 };

/** Kafka needs no account by name, so it gets a number of its own and can read nobody else's files. */
const KAFKA = { uid: 61_999, gid: 61_999 };

/** @returns {User | undefined} Postgres wants an account that the machine knows by name; undefined: our own will do */
export function postgresUser() {
  if (!isRoot()) return undefined;
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : NOBODY;
}

/** @returns {User | undefined} */
export const kafkaUser = () => (isRoot() ? KAFKA : undefined);

/** @param {string} path @param {User | undefined} user */
export function give(path, user) {
  if (user) chownSync(path, user.uid, user.gid);
}

/** @param {string} folder @param {User} user */
export function giveTree(folder, user) {
  give(folder, user);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}
