import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import type { Authorship } from '../runner/git/blame.ts';
import type { PlacedSuppression } from './reading.ts';

/** A suppression on a default branch, and who wrote it. */
export interface AuthoredSuppression extends PlacedSuppression {
  readonly by?: Authorship;
}

/** What a default branch asks for, as of a commit. */
export interface ReadingRow {
  readonly repository: string;
  readonly commit: string;
  readonly position: number;
  readonly version: number;
  readonly salt: string;
  readonly lines: readonly AuthoredSuppression[];
}

@Injectable()
export class ReadingRows {
  async find(tx: Tx, repository: string): Promise<ReadingRow | undefined> {
    const [row] = await rows<Omit<ReadingRow, 'lines'> & { lines: string }>(
      tx,
      `select repository, commit_id as commit, position::float8 as position, version, salt, lines from suppression_reading where repository = $1`,
      [repository],
    );
    return row && { ...row, lines: JSON.parse(row.lines) as AuthoredSuppression[] };
  }

  /** False when a later head was read meanwhile, or the repository is gone. */
  async save(tx: Tx, { repository, commit, position, version, salt, lines }: ReadingRow): Promise<boolean> {
    const saved = await rows(
      tx,
      `insert into suppression_reading (repository, commit_id, position, version, salt, lines)
       select $1, $2, $3, $4, $5, $6 from plan where repository = $1 and commit_id = $2
       on conflict (repository) do update set commit_id = excluded.commit_id, position = excluded.position, version = excluded.version,
         salt = excluded.salt, lines = excluded.lines, read_at = clock_timestamp()
       where suppression_reading.position <= excluded.position returning 1`,
      [repository, commit, position, version, salt, JSON.stringify(lines)],
    );
    return saved.length > 0;
  }
}
