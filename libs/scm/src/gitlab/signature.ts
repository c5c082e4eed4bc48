import { createHmac, timingSafeEqual } from 'node:crypto';
import { header, type RequestHeaders } from '../headers.ts';

/** A signed request is believed for so long, by the clock of whoever receives it (Standard Webhooks 1.0). */
const skewMs = 5 * 60_000;
const prefix = 'whsec_';

/** Index of the secret that signed `id.timestamp.body`; one of several signatures is enough. */
export function signedStandard(headers: RequestHeaders, body: Uint8Array, secrets: readonly string[], now: number): number | undefined {
  const [id, timestamp] = [header(headers, 'webhook-id'), header(headers, 'webhook-timestamp')];
  const sent = signaturesIn(header(headers, 'webhook-signature') ?? '');
  const timely = /^\d{1,12}$/.test(timestamp ?? '') && Math.abs(now - Number(timestamp) * 1000) <= skewMs;
  let match: number | undefined;
  for (const [index, secret] of secrets.entries()) {
    const expected = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
    const equal = sent.filter((signature) => timingSafeEqual(signature, expected)).length > 0;
    if (equal && timely && id !== undefined && secret !== '' && match === undefined) match = index;
  }
  return match;
}

function signaturesIn(text: string): Buffer[] {
  return text
    .split(' ')
    .slice(0, 8)
    .flatMap((word) => (word.startsWith('v1,') ? [Buffer.from(word.slice(3), 'base64')] : []))
    .filter((signature) => signature.length === 32);
}

/** The key behind a secret as Standard Webhooks writes it, or as a person chose it. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret);
}
