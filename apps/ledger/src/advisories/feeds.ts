import { Injectable } from '@nestjs/common';
import type { FeedAnswer } from '@throughline/contracts';
import { Database } from '@throughline/service';

/** Where advisories come from and how old they are. */
@Injectable()
export class Feeds {
  constructor(private readonly database: Database) {}

  async list(): Promise<FeedAnswer[]> {
    const feeds = await this.database.rows<{ name: string; lastSuccess: Date | null; error: string | null; rows: number }>(
      `select name, last_success as "lastSuccess", last_error as error, (select count(*)::int from advisory where feed = f.name) as rows
       from feed f order by name limit 200`,
    );
    return feeds.map(({ name, lastSuccess, error, rows }) => ({
      name,
      rows,
      ...(lastSuccess && {
        lastSuccess: lastSuccess.toISOString(),
        age: Math.max(0, Math.round((Date.now() - lastSuccess.getTime()) / 1000)),
      }),
      ...(error !== null && { error }),
    }));
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
