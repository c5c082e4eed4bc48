import { Injectable } from '@nestjs/common';
import type { FeedAnswer, FeedFormat, FeedSettings, FeedSource, FeedSync } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, rows, withoutNulls, type Tx } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { workKinds } from '../work-kinds.ts';
import { FeedSyncs } from './sync/feed-syncs.ts';

interface FeedRow {
  readonly name: string;
  readonly format: FeedFormat;
  readonly lastSuccess: Date | null;
  readonly version: string | null;
  readonly error: string | null;
  readonly rows: number;
  readonly trustedForFixes: boolean;
  readonly url: string | null;
  readonly everySeconds: number | null;
}

const listed = `
  select name, f.format, last_success as "lastSuccess", version, last_error as error, trusted_for_fixes as "trustedForFixes", s.url,
    s.every_seconds as "everySeconds", case f.format
      when 'kev' then (select count(*)::int from intel where kev_feed = f.name)
      when 'epss' then (select count(*)::int from intel where epss is not null)
      else (select count(*)::int from advisory where feed = f.name) end as rows
  from feed f left join feed_source s on s.feed = f.name where $1::text is null or name = $1 order by name limit 200`;

/** Where advisories come from and how old they are. */
@Injectable()
export class Feeds {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly syncs: FeedSyncs,
  ) {}

  async list(name?: string): Promise<FeedAnswer[]> {
    const feeds = await this.database.rows<FeedRow>(listed, [name ?? null]);
    const syncs = await this.syncs.latest(feeds.map((feed) => feed.name));
    return feeds.map((feed) => answerOf(feed, syncs.get(feed.name)));
  }

  async read(name: string): Promise<FeedAnswer> {
    const [feed] = await this.list(name);
    if (!feed) throw new Problem(404, 'not_found', `there is no feed ${name.slice(0, 64)}`);
    return feed;
  }

  /** Says where a feed is fetched, and whether proposals may lean on it; what it speaks about is evaluated anew. */
  async set(name: string, { trustedForFixes: trusted, source }: FeedSettings): Promise<void> {
    await this.database.transaction(async (tx) => {
      await rows(tx, 'insert into feed (name, format) values ($1, $2) on conflict (name) do nothing', [name, source?.format ?? 'osv']);
      if (source) await this.setSource(tx, name, source);
      if (trusted === undefined) return;
      const [changed] = await rows(
        tx,
        'update feed set trusted_for_fixes = $2 where name = $1 and trusted_for_fixes <> $2 returning name',
        [name, trusted],
      );
      if (changed) await this.evaluateAnew(tx, name);
    });
  }

  /** Throws `Problem` 422 for a feed that publishes something else than advisories. */
  async requireAdvisories(name: string): Promise<void> {
    const [feed] = await this.database.rows<{ format: FeedFormat }>('select format from feed where name = $1', [name]);
    const format = feed?.format ?? ownFormat(name);
    if (format !== 'osv') throw new Problem(422, 'reserved_feed', `the feed ${name} has ${format} data: give yours another name`);
  }

  /** A feed is not fetched any more; what it has said stays. Answers the syncs that end with it. */
  async unsetSource(name: string): Promise<readonly string[]> {
    return this.database.transaction(async (tx) => {
      await rows(tx, 'delete from feed_source where feed = $1', [name]);
      return this.syncs.end(tx, name);
    });
  }

  /** Another address or format has another file: nothing that is known of the old one holds for it. */
  private async setSource(tx: Tx, name: string, { format, url, everySeconds }: FeedSource): Promise<void> {
    const [feed] = await rows<{ format: FeedFormat }>(tx, 'select format from feed where name = $1', [name]);
    const own = ['kev', 'epss'].includes(name) ? ownFormat(name) : feed!.format;
    if (own !== format) throw new Problem(409, 'other_format', `the feed ${name} is for ${own} data: give this source another name`);
    await rows(
      tx,
      `insert into feed_source (feed, format, url, every_seconds) values ($1, $2, $3, $4)
       on conflict (feed) do update set url = excluded.url, every_seconds = excluded.every_seconds,
         etag = case when feed_source.url = excluded.url then feed_source.etag end,
         last_modified = case when feed_source.url = excluded.url then feed_source.last_modified end,
         taken_digest = case when feed_source.url = excluded.url then feed_source.taken_digest end,
         refused_digest = case when feed_source.url = excluded.url then feed_source.refused_digest end`,
      [name, format, url, everySeconds ?? null],
    );
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

/** What came in well. */
export interface FeedSuccess {
  readonly accepted: number;
  /** `osv` when absent. */
  readonly format?: FeedFormat;
  /** The publisher's; the one before stays when absent. */
  readonly version?: string | undefined;
}

/** Remembers that a feed has answered. */
export async function noteSuccess(tx: Tx, feed: string, { accepted, format = 'osv', version }: FeedSuccess): Promise<void> {
  await rows(
    tx,
    `insert into feed (name, last_success, accepted, format, version) values ($1, now(), $2, $3, $4)
     on conflict (name) do update set last_success = now(), accepted = feed.accepted + $2, version = coalesce($4, feed.version),
       last_error = null, last_error_at = null`,
    [feed, accepted, format, version ?? null],
  );
}

/** What is imported by hand without a name of its own has these. */
function ownFormat(name: string): FeedFormat {
  return name === 'kev' || name === 'epss' ? name : 'osv';
}

function answerOf({ url, everySeconds, lastSuccess, version, error, ...feed }: FeedRow, sync: FeedSync | undefined): FeedAnswer {
  return {
    ...feed,
    ...(lastSuccess && {
      lastSuccess: lastSuccess.toISOString(),
      age: Math.max(0, Math.round((Date.now() - lastSuccess.getTime()) / 1000)),
    }),
    ...withoutNulls({ version, error }),
    ...(url !== null && { source: { format: feed.format, url, ...withoutNulls({ everySeconds }) } }),
    ...(sync && { sync }),
  };
}
