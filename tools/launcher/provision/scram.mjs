import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/**
 * The two keys of RFC 5802 that a server keeps instead of a password.
 * @param {string} password printable ASCII, which SASLprep leaves as it is @param {Buffer} salt @param {number} iterations
 */
export function scramKeys(password, salt, iterations) {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyed = (label) => createHmac('sha256', salted).update(label).digest();
  return { storedKey: createHash('sha256').update(keyed('Client Key')).digest(), serverKey: keyed('Server Key') };
}

/**
 * What Postgres stores of a password: a statement that carries it, rather than the password, can be logged.
 * The salt is derived, so that the same password always gives the same text; with 256 random bits nobody can guess it.
 * @param {string} role @param {string} password
 */
export function scramVerifier(role, password, iterations = 4096) {
  const salt = createHmac('sha256', password).update(`salt of ${role}`).digest().subarray(0, 16);
  const { storedKey, serverKey } = scramKeys(password, salt, iterations);
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey.toString('base64')}:${serverKey.toString('base64')}`;
}
