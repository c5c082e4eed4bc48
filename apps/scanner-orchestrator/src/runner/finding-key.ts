import { createHmac } from 'node:crypto';
import type { SecretDigest } from '@throughline/findings';

/** The key by which a secret is known again without being kept. It is not rotated with other keys: identities hang on it. */
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

  /** The scheme names the key: digests under two keys never meet. */
  digest(secret: string): SecretDigest {
    return { scheme: `hmac-v1/${this.check.slice(0, 12)}`, hmac: this.#hmac(secret) };
  }

  toJSON(): string {
    return 'finding identity key';
  }

  #hmac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}

/**
 * The key in use, and those that were used before. A secret is named under each of them, so that what was found under a
 * former key is known again under the new one.
 */
export class FindingKeys {
  constructor(
    readonly current: FindingKey,
    readonly former: readonly FindingKey[] = [],
  ) {}

  get all(): readonly FindingKey[] {
    return [this.current, ...this.former];
  }
}
