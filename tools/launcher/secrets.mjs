import { join } from 'node:path';
import { randomSecret, readJson, writePrivate } from './files.mjs';

/**
 * The passwords of an instance, made when first asked for and kept in `<home>/secrets.json` (mode 600).
 * @param {string} home
 */
export function openSecrets(home) {
  const path = join(home, 'secrets.json');
  /** @type {Record<string, string>} */
  const values = readJson(path) ?? {};
  return {
    /** @param {string} name e.g. `kafka/ingest` */
    has: (name) => name in values,
    /** @param {string} name @returns {string} */
    get(name) {
      if (!(name in values)) {
        values[name] = randomSecret();
        writePrivate(path, JSON.stringify(values, null, 2));
      }
      return values[name];
    },
  };
}
