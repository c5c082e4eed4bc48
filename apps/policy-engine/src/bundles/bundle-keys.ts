import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { keyIdOf } from '@throughline/policy';
import { rows, SealBroken, Sealer, type Tx } from '@throughline/service';

/** A key as others see it. */
export interface BundleKeyRow {
  readonly id: string;
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

const columns = 'key_id as id, public_key as "publicKey", created_at as "createdAt", retired_at as "retiredAt"';
const sealedAt = (id: string) => ({ table: 'policy_key', row: id, field: 'sealed' });

/** The keys that sign policy bundles, and nothing else. The private ones are sealed; who has the database alone signs nothing. */
@Injectable()
export class BundleKeys {
  constructor(private readonly sealer: Sealer) {}

  /** The key that signs now; the first is made when it is needed. */
  async signing(tx: Tx): Promise<KeyObject> {
    const [found] = await rows<{ id: string; sealed: Buffer }>(
      tx,
      'select key_id as id, sealed from policy_key where retired_at is null order by created_at desc limit 1',
    );
    return found ? this.open(found.id, found.sealed) : this.make(tx);
  }

  /** A new key signs from now on. */
  async rotate(tx: Tx): Promise<BundleKeyRow> {
    await rows(tx, 'update policy_key set retired_at = clock_timestamp() where retired_at is null');
    const id = keyIdOf(createPublicKey(await this.make(tx)));
    return (await this.all(tx)).find((key) => key.id === id)!;
  }

  all(tx: Tx): Promise<readonly BundleKeyRow[]> {
    return rows<BundleKeyRow>(tx, `select ${columns} from policy_key order by created_at desc, key_id limit 200`);
  }

  /** The public keys of all that was ever signed here, as far as their private halves open: of a key that somebody put there it does not. */
  async trusted(tx: Tx): Promise<readonly KeyObject[]> {
    const kept = await rows<{ id: string; sealed: Buffer }>(
      tx,
      'select key_id as id, sealed from policy_key order by created_at desc limit 200',
    );
    return kept.flatMap(({ id, sealed }) => {
      try {
        return createPublicKey(this.open(id, sealed));
      } catch (error) {
        if (error instanceof SealBroken) return [];
        throw error;
      }
    });
  }

  private open(id: string, sealed: Buffer): KeyObject {
    return createPrivateKey(this.sealer.open(sealed, sealedAt(id)).toString('utf8'));
  }

  private async make(tx: Tx): Promise<KeyObject> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const id = keyIdOf(publicKey);
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await rows(tx, 'insert into policy_key (key_id, public_key, sealed) values ($1, $2, $3)', [
      ...[id, publicKey.export({ type: 'spki', format: 'pem' }), this.sealer.seal(text, sealedAt(id))],
    ]);
    return privateKey;
  }
}
