import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { make, SigningKey } from '@throughline/contracts';
import { rows, type Tx } from '../database/database.ts';
import { SealBroken, type SealedAt, type Sealer } from './sealer.ts';

/** A key as others see it. */
export interface SigningKeyRow {
  readonly id: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

/** Where the keys of one purpose are kept, and how they are named. */
export interface KeyTable {
  /** Made by `signingKeyTable`. */
  readonly name: string;
  readonly idOf: (publicKey: KeyObject) => string;
}

/** The statement of a migration that makes such a table. */
export function signingKeyTable(name: string): string {
  return `create table ${name} (
  key_id text primary key,
  -- SPKI, PEM.
  public_key text not null,
  sealed bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  -- It signs nothing any more; what it signed stays good.
  retired_at timestamptz
);`;
}

const columns = 'key_id as id, public_key as "publicKey", created_at as "createdAt", retired_at as "retiredAt"';

/** Ed25519 keys that sign one kind of document, and nothing else. The private ones are sealed; who has the database alone signs nothing. */
export class SigningKeys {
  constructor(
    private readonly sealer: Sealer,
    private readonly table: KeyTable,
  ) {}

  /** The key that signs now; the first is made when it is needed. */
  async signing(tx: Tx): Promise<KeyObject> {
    const current = `select key_id as id, sealed from ${this.table.name} where retired_at is null order by created_at desc limit 1`;
    const [found] = await rows<{ id: string; sealed: Buffer }>(tx, current);
    return found ? this.open(found.id, found.sealed) : this.make(tx);
  }

  /** A new key signs from now on. */
  async rotate(tx: Tx): Promise<SigningKeyRow> {
    await rows(tx, `update ${this.table.name} set retired_at = clock_timestamp() where retired_at is null`);
    const id = this.table.idOf(createPublicKey(await this.make(tx)));
    return (await this.all(tx)).find((key) => key.id === id)!;
  }

  all(tx: Tx): Promise<readonly SigningKeyRow[]> {
    return rows<SigningKeyRow>(tx, `select ${columns} from ${this.table.name} order by created_at desc, key_id limit 200`);
  }

  /** The public keys of all that was ever signed here, as far as their private halves open: of a key that somebody put there it does not. */
  async trusted(tx: Tx): Promise<readonly KeyObject[]> {
    const sql = `select key_id as id, sealed from ${this.table.name} order by created_at desc limit 200`;
    const kept = await rows<{ id: string; sealed: Buffer }>(tx, sql);
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
    return createPrivateKey(this.sealer.open(sealed, this.placeOf(id)).toString('utf8'));
  }

  private async make(tx: Tx): Promise<KeyObject> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const id = this.table.idOf(publicKey);
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await rows(tx, `insert into ${this.table.name} (key_id, public_key, sealed) values ($1, $2, $3)`, [
      ...[id, publicKey.export({ type: 'spki', format: 'pem' }), this.sealer.seal(text, this.placeOf(id))],
    ]);
    return privateKey;
  }

  private placeOf(id: string): SealedAt {
    return { table: this.table.name, row: id, field: 'sealed' };
  }
}

export function signingKeyOf({ id, publicKey, createdAt, retiredAt }: SigningKeyRow): SigningKey {
  const retired = retiredAt === null ? {} : { retiredAt: retiredAt.toISOString() };
  return make(SigningKey, { id, algorithm: 'Ed25519', publicKey, createdAt: createdAt.toISOString(), ...retired });
}
