import { createHmac } from 'node:crypto';

/** A secret that cannot sign. */
export class WebhookSecretRefused extends Error {
  readonly code = 'webhook_secret_refused';
}

/** The bytes of a `whsec_` secret; throws unless they are 24 to 64, as Standard Webhooks 1.0.0 asks. */
export function secretBytes(secret: string): Buffer {
  const base64 = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : '';
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
  if (bytes.length < 24 || bytes.length > 64) throw new WebhookSecretRefused('a webhook secret is whsec_ and 24 to 64 bytes in base64');
  return bytes;
}

/** Headers of a signed message: one `v1` signature per active secret, so that secrets can be changed without a gap. */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const sign = (secret: string): string => createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${sign(secret)}`).join(' '),
  };
}
