import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomSecret, writePrivate } from '../files.mjs';

const sha256Of = (/** @type {string} */ token) => createHash('sha256').update(token).digest('hex');

/**
 * The first key to the platform, made once: the file is for its owner, the gateway learns only the hash. Deleting the file
 * makes no second one; `<home>/admin-token.sha256` remembers that there was a first.
 * @param {string} home @returns {{ file: string, sha256: string }} hash of the whole token, in hex
 */
export function provisionToken(home) {
  const file = join(home, 'admin-token');
  const remembered = join(home, 'admin-token.sha256');
  if (existsSync(remembered)) return { file, sha256: readFileSync(remembered, 'utf8').trim() };
  // A folder that was there before may be open to others, whatever is in it.
  if (statSync(home).mode & 0o077) chmodSync(home, 0o700);
  // O_EXCL: neither a file nor a link that somebody laid there is written through.
  if (!existsSync(file)) writeFileSync(file, `tl_${randomSecret()}`, { mode: 0o600, flag: 'wx' });
  const sha256 = sha256Of(readFileSync(file, 'utf8').trim());
  writePrivate(remembered, sha256);
  return { file, sha256 };
}

/** A token for the demonstration of one start: it is in no file, and the first token is not used up by it. */
export function demoToken() {
  const token = `tl_${randomSecret()}`;
  return { token, sha256: sha256Of(token) };
}
