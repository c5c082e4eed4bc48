import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '../files.mjs';
import { give } from '../infra/users.mjs';
import { isRoot } from '../paths.mjs';

/** The only service that may derive the identity of a secret from the secret. */
const READS_SECRETS = 'scanner-orchestrator';

/**
 * Keys are made once and kept: `<service>.identity.pem` (Ed25519, PKCS #8), `public-keys.json` (service → SPKI PEM),
 * `<service>.kek` and `finding-identity.key` (32 bytes as they are).
 * @param {string} data @param {readonly string[]} services
 * @param {(service: string) => import('../infra/users.mjs').User | undefined} [readerOf]
 * @returns {{ publicKeys: string, of(service: string): { identity: string, kek: string, findingIdentity?: string } }} paths
 */
export function provisionKeys(data, services, readerOf = () => undefined) {
  const folder = join(data, 'keys');
  mkdirSync(folder, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
  const place = (name) => join(folder, name);
  const of = (service) => ({
    identity: place(`${service}.identity.pem`),
    kek: place(`${service}.kek`),
    findingIdentity: service === READS_SECRETS ? place('finding-identity.key') : undefined,
  });
  /** @type {Record<string, string>} */
  const publicKeys = {};
  for (const service of services) {
    const { identity, kek, findingIdentity } = of(service);
    once(identity, () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    for (const path of [kek, findingIdentity]) if (path) once(path, () => randomBytes(32));
    for (const path of [identity, kek, findingIdentity]) if (path) give(path, readerOf(service));
    publicKeys[service] = String(createPublicKey(readFileSync(identity)).export({ type: 'spki', format: 'pem' }));
  }
  writePrivate(place('public-keys.json'), JSON.stringify(publicKeys, null, 2));
  // No secret: as root each service reads it as a user of its own.
  if (isRoot()) chmodSync(place('public-keys.json'), 0o644);
  return { publicKeys: place('public-keys.json'), of };
}

/** O_EXCL: a key that is there is never written over. */
function once(path, make) {
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600, flag: 'wx' });
}
