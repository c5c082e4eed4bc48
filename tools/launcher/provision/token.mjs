import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '../files.mjs';

/**
 * The first key to the platform, made once: the file is for its owner, the gateway learns only the hash. Deleting the file
 * makes no second one; `<home>/admin-token.sha256` remembers that there was a first.
 * @param {string} home @returns {{ file: string, sha256: string }} hash of the whole token, in hex
 */
export function provisionToken(home) {
  const file = join(home, 'admin-token');
  const remembered = join(home, 'admin-token.sha256');
  if (existsSync(remembered)) return { file, sha256: readFileSync(remembered, 'utf8').trim() };
  if (!existsSync(file)) writeFileSync(file, `tl_${randomBytes(32).toString('base64url')}`, { mode: 0o600, flag: 'wx' });
  const sha256 = createHash('sha256').update(readFileSync(file, 'utf8').trim()).digest('hex');
  writePrivate(remembered, sha256);
  return { file, sha256 };
}
