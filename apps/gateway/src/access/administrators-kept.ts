import { Injectable } from '@nestjs/common';
import { Database, Problem, rows, type Tx } from '@throughline/service';
import { FirstToken, hasAdministrator } from './first-token.ts';
import { TokenLines } from './token-lines.ts';

/** Changes of accounts, one after the other: with the first named administrator the first token ends, and the last one stays. */
@Injectable()
export class AdministratorsKept {
  constructor(
    private readonly database: Database,
    private readonly first: FirstToken,
    private readonly lines: TokenLines,
  ) {}

  /** Throws `Problem` 409 when nobody could do everything any more who could before. */
  async change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await this.database.transaction(async (tx) => {
      await rows(tx, "select pg_advisory_xact_lock(hashtextextended('administrators', 0))");
      const before = await hasOne(tx);
      const done = await work(tx);
      const after = await hasOne(tx);
      if (before && !after)
        throw new Problem(409, 'last_administrator', 'nobody would be left who may do everything: make another administrator first');
      if (after) await this.first.end(tx);
      return done;
    });
    this.lines.forget();
    return result;
  }
}

async function hasOne(tx: Tx): Promise<boolean> {
  const [found] = await rows<{ known: boolean }>(tx, `select ${hasAdministrator} as known`);
  return found!.known;
}
