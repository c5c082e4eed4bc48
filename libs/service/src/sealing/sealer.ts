import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServiceConfig } from '../config/service-config.ts';

/** Where a sealed value lives: it opens nowhere else. */
export interface SealedAt {
  readonly table: string;
  readonly row: string;
  readonly field: string;
}

/** A sealed value that this service cannot open: another key, another place, or changed bytes. */
export class SealBroken extends Error {
  readonly code = 'seal_broken';
}

const version = 1;
const headBytes = 1 + 4 + 12 + 16;

/** AES-256-GCM under the service's own key, bound to service, table, row and field. */
export class Sealer {
  private readonly keyId: Buffer;

  constructor(
    private readonly service: string,
    private readonly key: Buffer,
  ) {
    if (key.length !== 32)
      throw new Error(`the sealing key of ${service} has ${key.length} bytes, not 32: make a new one with 32 random bytes`);
    this.keyId = createHash('sha256').update(key).digest().subarray(0, 4);
  }

  static fromFile(config: ServiceConfig): Sealer {
    return new Sealer(config.serviceName, readFileSync(config.kekFile));
  }

  /** version, key id, nonce, tag, ciphertext. */
  seal(plain: string | Buffer, at: SealedAt): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(this.placeOf(at));
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(version), this.keyId, nonce, cipher.getAuthTag(), text]);
  }

  /** Throws `SealBroken`. */
  open(sealed: Buffer, at: SealedAt): Buffer {
    const where = `${at.table}.${at.field} of ${this.service}`;
    if (sealed.length < headBytes || sealed[0] !== version) throw new SealBroken(`${where} holds no sealed value`);
    if (!sealed.subarray(1, 5).equals(this.keyId)) throw new SealBroken(`${where} was sealed with another key: restore that key file`);
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(5, 17)).setAAD(this.placeOf(at));
    decipher.setAuthTag(sealed.subarray(17, headBytes));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
    } catch {
      throw new SealBroken(`${where} does not open here: it was changed, or copied from another row`);
    }
  }

  private placeOf({ table, row, field }: SealedAt): Buffer {
    return Buffer.from(JSON.stringify([this.service, table, row, field]));
  }
}
