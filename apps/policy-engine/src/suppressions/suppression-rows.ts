import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';

/** A line that was seen, and the waiver that it asked for. */
export interface SeenLine {
  readonly key: string;
  readonly waiver: string;
}

@Injectable()
export class SuppressionRows {
  /** Of one repository they are taken up one after the other. */
  async lock(tx: Tx, repository: string): Promise<void> {
    await rows(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`suppressions ${repository}`]);
  }

  /** Those that were there when the branch was read before. */
  seen(tx: Tx, repository: string): Promise<readonly SeenLine[]> {
    return rows<SeenLine>(tx, 'select key, waiver from suppression where repository = $1 and gone_at is null order by key', [repository]);
  }

  /** A line that was gone and comes back asks anew. */
  async add(tx: Tx, repository: string, waiver: string, keys: readonly string[]): Promise<void> {
    await rows(
      tx,
      `insert into suppression (repository, key, waiver) select $1, key, $2 from unnest($3::text[]) as key
       on conflict (repository, key) do update set waiver = excluded.waiver, first_seen = clock_timestamp(), gone_at = null`,
      [repository, waiver, keys],
    );
  }

  async gone(tx: Tx, repository: string, keys: readonly string[]): Promise<void> {
    const sql = 'update suppression set gone_at = clock_timestamp() where repository = $1 and key = any($2::text[])';
    await rows(tx, sql, [repository, keys]);
  }
}
