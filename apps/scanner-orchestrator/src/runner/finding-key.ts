import { createHmac } from 'node:crypto';
import type { SecretTrace } from '@throughline/findings';

const scheme = 'hmac-v1';

/** The key by which a secret is known again without being kept. It is never rotated with other keys: identities hang on it. */
export class FindingKey {
  readonly #key: Buffer;

  /** 32 bytes. */
  constructor(key: Buffer) {
    if (key.length < 32)
      throw new Error(`the finding identity key has ${key.length} bytes, 32 are needed: restore it from a backup, or make a new one`);
    this.#key = key;
  }

  /** A value that tells this key from others and nothing more. */
  get check(): string {
    return this.#hmac('throughline finding identity check');
  }

  trace(secret: string): SecretTrace {
    return { scheme, hmac: this.#hmac(secret), preview: preview(secret) };
  }

  toJSON(): string {
    return 'finding identity key';
  }

  #hmac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}

/** Enough for a person to recognise it, too little to use it. */
function preview(secret: string): string {
  if (secret.startsWith('-----BEGIN')) return 'private key';
  const scheme = /^[a-z][a-z0-9+]{1,15}:\/\//i.exec(secret)?.[0];
  if (scheme !== undefined) return `${scheme}… (${secret.length} characters)`;
  const shown = secret.length >= 16 ? secret.slice(0, 4).replace(/[^\x21-\x7e]/g, '?') : '';
  return `${shown}… (${secret.length} characters)`;
}
