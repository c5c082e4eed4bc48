import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from './errors.mjs';
import { digestOf, readJson } from './files.mjs';
import { fileURLToPath } from 'node:url';

/**
 * What is fetched, by digest.
 * @type {{ node: { minimum: string, packages: Record<string, { name: string, version: string, integrity: string }> },
 *   kafka: { version: string, jars: Record<string, string> } }}
 */
export const pins = readJson(fileURLToPath(new URL('pins.json', import.meta.url)));

/**
 * Refuses a folder that holds anything but exactly the pinned files.
 * @param {string} folder @param {Record<string, string>} expected file name → sha256 in hex
 */
export async function verifyFolder(folder, expected) {
  const found = readdirSync(folder);
  const unknown = found.filter((name) => !Object.hasOwn(expected, name));
  const missing = Object.keys(expected).filter((name) => !found.includes(name));
  if (unknown.length || missing.length) {
    throw refusal(
      `${folder} does not hold what is pinned (not pinned: ${unknown.join(', ') || 'none'}; missing: ${missing.join(', ') || 'none'})`,
    );
  }
  for (const name of found) {
    const digest = (await digestOf(join(folder, name))).toString('hex');
    if (digest !== expected[name])
      throw refusal(`${join(folder, name)} is not the pinned file: sha256 ${digest}, pinned ${expected[name]}`);
  }
}

/** @param {string} file @param {string} integrity in the form of Subresource Integrity, `sha512-…` */
export async function verifyIntegrity(file, integrity) {
  const [algorithm, expected] = /^(sha512|sha256)-(.+)$/.exec(integrity)?.slice(1) ?? [];
  if (!algorithm) throw new Error(`Not an integrity value: ${integrity}`);
  const digest = (await digestOf(file, algorithm)).toString('base64');
  if (digest !== expected) throw refusal(`${file} is not the pinned file: ${algorithm}-${digest}, pinned ${integrity}`);
}

/** @param {Record<string, string>} list @returns {string} a short name for a list of pins */
export const nameOfList = (list) => createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 8);

/** @param {string} message */
export function refusal(message) {
  return new LauncherError('PIN_MISMATCH', message, {
    remedy: 'Nothing of it was run. The registry or something on the way to it serves other bytes: find out which before you try again.',
  });
}
