import { createHmac, timingSafeEqual } from 'node:crypto';

const hexDigest = /^[0-9a-f]{64}$/i;
const noSignature = Buffer.alloc(32);

/**
 * Index of the secret whose HMAC-SHA256 over the body equals the hex signature. Every secret is tried in full, also
 * after a match and without a signature, so that the time taken says nothing.
 */
export function signedWith(secrets: readonly string[], body: Uint8Array, signature: string | undefined): number | undefined {
  const wellFormed = signature !== undefined && hexDigest.test(signature);
  const sent = wellFormed ? Buffer.from(signature, 'hex') : noSignature;
  let match: number | undefined;
  for (const [index, secret] of secrets.entries()) {
    const expected = createHmac('sha256', secret).update(body).digest();
    const equal = timingSafeEqual(expected, sent);
    if (equal && wellFormed && secret !== '' && match === undefined) match = index;
  }
  return match;
}
