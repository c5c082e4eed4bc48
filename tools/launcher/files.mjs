import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** @param {string} path @returns {any} the parsed file, or undefined when there is none */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Replaces a file in one step, so that a reader or a crash never sees half of it. Readable by its owner only.
 * @param {string} path @param {string | Buffer} content
 */
export function writePrivate(path, content) {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** @param {string} path @returns {Promise<Buffer>} */
export async function digestOf(path, algorithm = 'sha256') {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest();
}

/** 256 random bits in an alphabet that needs no quoting anywhere. */
export const randomSecret = () => randomBytes(32).toString('base64url');

/** @param {string} path @returns {string} the last lines of a log, or '' */
export function tailOf(path, characters = 2_000) {
  try {
    const text = readFileSync(path, 'utf8');
    return text.slice(-characters).trim();
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
