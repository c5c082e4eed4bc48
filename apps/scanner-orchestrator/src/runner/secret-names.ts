import { randomUUID } from 'node:crypto';
import type { SecretTrace } from '@throughline/findings';
import type { FindingKeys } from './finding-key.ts';
import { estimatedBits, weakBelowBits } from './secret-strength.ts';

/** Finds the name of a weak secret again. */
export interface WeakSecretNames {
  /** A random name that is the same for the same value in the same repository. */
  nameOf(secret: string): Promise<string>;
}

/** Names for the secrets of a tree that nobody scans again: the canary alone. */
export const passingNames: WeakSecretNames = { nameOf: () => Promise.resolve(randomUUID()) };

/**
 * What is kept of a secret: a digest under the current key and under each former one. A value that could be guessed from its
 * digest gets a random name instead.
 */
export async function traceOf(secret: string, keys: FindingKeys, weak: WeakSecretNames): Promise<SecretTrace> {
  const shown = { preview: preview(secret) };
  if (estimatedBits(secret) < weakBelowBits) return { scheme: 'random', hmac: await weak.nameOf(secret), ...shown };
  const former = keys.former.map((key) => key.digest(secret));
  return { ...keys.current.digest(secret), ...shown, ...(former.length > 0 && { former }) };
}

/** Enough for a person to recognise it, too little to use it. */
function preview(secret: string): string {
  if (secret.startsWith('-----BEGIN')) return 'private key';
  const scheme = /^[a-z][a-z0-9+]{1,15}:\/\//i.exec(secret)?.[0];
  if (scheme !== undefined) return `${scheme}… (${secret.length} characters)`;
  const shown = secret.length >= 16 ? secret.slice(0, 4).replace(/[^\x21-\x7e]/g, '?') : '';
  return `${shown}… (${secret.length} characters)`;
}
