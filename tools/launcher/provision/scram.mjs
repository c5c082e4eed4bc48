import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/**
 * What Postgres stores of a password (RFC 5802): a statement that carries it, rather than the password, can be logged.
 * The salt is derived, so that the same password always gives the same text; with 256 random bits nobody can guess it.
 * @param {string} role @param {string} password printable ASCII, which SASLprep leaves as it is
 */
export function scramVerifier(role, password, iterations = 4096) {
  const salt = createHmac('sha256', password).update(`salt of ${role}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyed = (label) => createHmac('sha256', salted).update(label).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
