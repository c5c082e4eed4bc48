import { Injectable } from '@nestjs/common';
import type { FeedAnswer } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { workKinds } from '../work-kinds.ts';

/** Where advisories come from and how old they are. */
@Injectable()
export class Feeds {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
  ) {}

  async list(): Promise<FeedAnswer[]> {
    const feeds = await this.database.rows<{
      name: string;
      lastSuccess: Date | null;
      error: string | null;
      rows: number;
      trustedForFixes: boolean;
    }>(
      `select name, last_success as "lastSuccess", last_error as error, trusted_for_fixes as "trustedForFixes",
         (select count(*)::int from advisory where feed = f.name) as rows
       from feed f order by name limit 200`,
    );
    return feeds.map(({ name, lastSuccess, error, rows: count, trustedForFixes }) => ({
      name,
      rows: count,
      trustedForFixes,
      ...(lastSuccess && {
        lastSuccess: lastSuccess.toISOString(),
        age: Math.max(0, Math.round((Date.now() - lastSuccess.getTime()) / 1000)),
      }),
      ...(error !== null && { error }),
    }));
  }

  /** Says whether proposals may lean on a feed; what it speaks about is evaluated anew. */
  async trust(name: string, trusted: boolean): Promise<FeedAnswer> {
    await this.database.transaction(async (tx) => {
      const [changed] = await rows(
        tx,
        `insert into feed (name, trusted_for_fixes) values ($1, $2)
         on conflict (name) do update set trusted_for_fixes = $2 where feed.trusted_for_fixes <> $2 returning name`,
        [name, trusted],
      );
      if (changed) await this.evaluateAnew(tx, name);
    });
    return (await this.list()).find((feed) => feed.name === name)!;
  }

  private async evaluateAnew(tx: Tx, feed: string): Promise<void> {
    const versions = await rows<{ id: string }>(
      tx,
      'select distinct f.component_version_id as id from affected f join advisory a on a.id = f.advisory_id where a.feed = $1',
      [feed],
    );
    const parts = chunksOf(
      versions.map(({ id }) => id),
      5_000,
    );
    await this.work.add(tx, ...parts.map((part) => ({ kind: workKinds.findTouched, payload: { versions: part } })));
  }

  /** Remembers that an import did not come to its end. */
  async failed(feed: string, error: string): Promise<void> {
    await this.database.rows(
      `insert into feed (name, last_error, last_error_at) values ($1, $2, now())
       on conflict (name) do update set last_error = excluded.last_error, last_error_at = now()`,
      [feed, error.slice(0, 500)],
    );
  }
}
