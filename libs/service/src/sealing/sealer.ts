import { createCipheriv, createDecipheriv, createHash, createSecretKey, type DecipherGCM, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { freshRandom } from '@throughline/contracts';
import type { ServiceConfig } from '../config/service-config.ts';
import { slicesOf } from '../slices.ts';

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
const nonceBytes = 12;
const headBytes = 1 + 4 + 12 + 16;

/** AES-256-GCM under the service's own key, bound to service, table, row and field. */
export class Sealer {
  private readonly keyId: Buffer;
  /** Bytes would be turned into a key again for every value, which takes as long as the sealing. */
  private readonly key: KeyObject;

  constructor(
    private readonly service: string,
    key: Buffer,
  ) {
    if (key.length !== 32)
      throw new Error(`the sealing key of ${service} has ${key.length} bytes, not 32: make a new one with 32 random bytes`);
    this.key = createSecretKey(key);
    this.keyId = createHash('sha256').update(key).digest().subarray(0, 4);
  }

  static fromFile(config: ServiceConfig): Sealer {
    return new Sealer(config.serviceName, readFileSync(config.kekFile));
  }

  /** version, key id, nonce, tag, ciphertext. */
  seal(plain: string | Buffer, at: SealedAt): Buffer {
    const nonce = freshRandom(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(this.placeOf(at));
    const [text, rest] = [cipher.update(plain), cipher.final()];
    return Buffer.concat([Buffer.of(version), this.keyId, nonce, cipher.getAuthTag(), text, rest]);
  }

  /** Throws `SealBroken`. */
  open(sealed: Buffer, at: SealedAt): Buffer {
    const { decipher, broken } = this.opening(sealed, at);
    try {
      return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
    } catch {
      throw broken();
    }
  }

  /** Like `seal`, in slices: for bodies whose encryption would hold up everybody else. */
  async sealLarge(plain: Buffer, at: SealedAt): Promise<Buffer> {
    const nonce = freshRandom(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(this.placeOf(at));
    const sealed = Buffer.allocUnsafe(headBytes + plain.length);
    let end = headBytes;
    for await (const slice of slicesOf(plain)) end += cipher.update(slice).copy(sealed, end);
    cipher.final();
    Buffer.concat([Buffer.of(version), this.keyId, nonce, cipher.getAuthTag()]).copy(sealed);
    return sealed;
  }

  /** Like `open`, in slices. Throws `SealBroken`. */
  async openLarge(sealed: Buffer, at: SealedAt): Promise<Buffer> {
    const { decipher, broken } = this.opening(sealed, at);
    const plain = Buffer.allocUnsafe(sealed.length - headBytes);
    let end = 0;
    for await (const slice of slicesOf(sealed.subarray(headBytes))) end += decipher.update(slice).copy(plain, end);
    try {
      decipher.final();
    } catch {
      throw broken();
    }
    return plain;
  }

  private opening(sealed: Buffer, at: SealedAt): { decipher: DecipherGCM; broken: () => SealBroken } {
    const where = `${at.table}.${at.field} of ${this.service}`;
    if (sealed.length < headBytes || sealed[0] !== version) throw new SealBroken(`${where} holds no sealed value`);
    if (!sealed.subarray(1, 5).equals(this.keyId)) throw new SealBroken(`${where} was sealed with another key: restore that key file`);
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(5, 17)).setAAD(this.placeOf(at));
    decipher.setAuthTag(sealed.subarray(17, headBytes));
    return { decipher, broken: () => new SealBroken(`${where} does not open here: it was changed, or copied from another row`) };
  }

  private placeOf({ table, row, field }: SealedAt): Buffer {
    return Buffer.from(JSON.stringify([this.service, table, row, field]));
  }
}
