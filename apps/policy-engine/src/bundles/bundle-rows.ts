import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';

/** A bundle, as lists show it. */
export interface BundleRow {
  readonly sequence: number;
  readonly digest: string;
  readonly keyId: string;
  readonly policies: number;
  readonly by: string;
  readonly note: string | null;
  readonly publishedAt: Date;
}

/** A bundle with the signed document. */
export interface WholeBundleRow extends BundleRow {
  readonly envelope: string;
}

/** As long as decisions that name them. The last ones stay, however old they are. */
const keepDays = 400;
const keepLast = 100;

const columns = `sequence::float8 as sequence, digest, key_id as "keyId", policies, published_by as by, note, published_at as "publishedAt"`;

@Injectable()
export class BundleRows {
  async insert(tx: Tx, { sequence, digest, keyId, envelope, policies, by, note, publishedAt }: WholeBundleRow): Promise<void> {
    await rows(
      tx,
      `insert into policy_bundle (sequence, digest, key_id, envelope, policies, published_by, note, published_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [sequence, digest, keyId, envelope, policies, by, note, publishedAt],
    );
    await rows(
      tx,
      `delete from policy_bundle where sequence <= $1 and published_at < clock_timestamp() - make_interval(days => ${keepDays})`,
      [sequence - keepLast],
    );
  }

  /** The one that holds now. */
  async current(tx: Tx): Promise<BundleRow | undefined> {
    return (await rows<BundleRow>(tx, `select ${columns} from policy_bundle order by sequence desc limit 1`))[0];
  }

  async find(tx: Tx, sequence: number): Promise<WholeBundleRow | undefined> {
    return (await rows<WholeBundleRow>(tx, `select ${columns}, envelope from policy_bundle where sequence = $1`, [sequence]))[0];
  }

  /** The latest first. */
  page(tx: Tx, before: number, limit: number): Promise<readonly BundleRow[]> {
    return rows<BundleRow>(tx, `select ${columns} from policy_bundle where sequence < $1 order by sequence desc limit $2`, [before, limit]);
  }
}
