import { randomUUID } from 'node:crypto';
import { secretPreview, type SecretTrace } from '@throughline/findings';
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
  const shown = { preview: secretPreview(secret) };
  if (estimatedBits(secret) < weakBelowBits) return { scheme: 'random', hmac: await weak.nameOf(secret), ...shown };
  const former = keys.former.map((key) => key.digest(secret));
  return { ...keys.current.digest(secret), ...shown, ...(former.length > 0 && { former }) };
}
