import { Injectable } from '@nestjs/common';
import type { FeedFormat, FeedSource, FeedSync, FeedSyncState } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, rows, type Tx } from '@throughline/service';
import { workKinds } from '../../work-kinds.ts';
import type { FileMarks } from './feed-file.ts';

/** What a worker has to know of a sync. */
export interface OpenSync {
  readonly id: string;
  readonly feed: string;
  readonly format: FeedFormat;
  readonly url: string;
  readonly state: FeedSyncState;
  /** Of the file that was taken in last. */
  readonly known: FileMarks;
  readonly knownDigest: string | null;
  readonly refusedDigest: string | null;
  readonly begun: FileMarks;
  readonly complete: boolean;
  readonly releasedDigest: string | null;
}

/** Numbers of a sync that change while it runs. */
export type SyncCounts = Partial<Pick<FeedSync, 'bytes' | 'bytesTotal' | 'records' | 'rejected' | 'withdraws' | 'reranges' | 'standing'>>;

const over = "('done', 'failed', 'discarded')";
const keptPerFeed = 20;

const openSync = `
  select y.id, y.feed, y.format, y.url, y.state, y.complete,
    json_strip_nulls(json_build_object('etag', s.etag, 'lastModified', s.last_modified)) as known,
    json_strip_nulls(json_build_object('etag', y.etag, 'lastModified', y.last_modified)) as begun,
    encode(s.taken_digest, 'hex') as "knownDigest", encode(s.refused_digest, 'hex') as "refusedDigest",
    encode(y.released_digest, 'hex') as "releasedDigest"
  from feed_sync y join feed_source s on s.feed = y.feed where y.id = $1 and y.state not in ${over}`;

const columns = `id, state, began_at as began, ended_at as ended, bytes::float8, bytes_total::float8 as "bytesTotal", records, accepted, unchanged,
  rejected, withdraws, reranges, standing, error, decided_by as "decidedBy"`;

interface SyncRow extends Omit<FeedSync, 'began' | 'ended' | 'bytesTotal' | 'error' | 'decidedBy'> {
  readonly feed: string;
  readonly began: Date;
  readonly ended: Date | null;
  readonly bytesTotal: number | null;
  readonly error: string | null;
  readonly decidedBy: string | null;
}

/** The syncs of feeds: one open at a time for each, the latest twenty kept. */
@Injectable()
export class FeedSyncs {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
  ) {}

  /** Begins a sync; answers the one that is open already. Throws `Problem` when there is nothing to fetch or one is held. */
  async begin(feed: string): Promise<FeedSync> {
    await this.database.transaction(async (tx) => {
      const [source] = await rows<FeedSource>(tx, 'select format, url from feed_source where feed = $1 for update', [feed]);
      if (!source) throw new Problem(404, 'not_found', `the feed ${feed} has no address: give it one with PUT`);
      const [open] = await rows<{ state: FeedSyncState }>(tx, `select state from feed_sync where feed = $1 and state not in ${over}`, [
        feed,
      ]);
      if (open?.state === 'held') throw new Problem(409, 'held', `a sync of ${feed} waits for a person: release or discard it`);
      if (!open) await this.add(tx, feed, source);
    });
    return (await this.latest([feed])).get(feed)!;
  }

  /** Begins those whose time has come. */
  async beginDue(): Promise<void> {
    const due = await this.database.rows<{ feed: string }>(
      `select feed from feed_source s where every_seconds is not null and not exists (
         select 1 from feed_sync y where y.feed = s.feed
           and (y.state not in ${over} or y.began_at > now() - make_interval(secs => s.every_seconds))
       ) order by feed limit 100`,
    );
    for (const { feed } of due) await this.begin(feed);
  }

  async latest(feeds: readonly string[]): Promise<ReadonlyMap<string, FeedSync>> {
    const found = await this.database.rows<SyncRow>(
      `select distinct on (feed) feed, ${columns} from feed_sync where feed = any($1::text[]) order by feed, id desc`,
      [feeds],
    );
    return new Map(found.map(({ feed, ...row }) => [feed, syncOf(row)]));
  }

  async open(id: string): Promise<OpenSync | undefined> {
    return (await this.database.rows<OpenSync>(openSync, [id]))[0];
  }

  /** False when a person ended it meanwhile. */
  async progress(id: string, state: FeedSyncState, counts: SyncCounts = {}): Promise<boolean> {
    const { bytes, bytesTotal, records, rejected, withdraws, reranges, standing } = counts;
    const given = [bytes, bytesTotal, records, rejected, withdraws, reranges, standing].map((count) => count ?? null);
    const changed = await this.database.rows(
      `update feed_sync set state = $2, bytes = coalesce($3, bytes), bytes_total = coalesce($4, bytes_total), records = coalesce($5, records),
         rejected = coalesce($6, rejected), withdraws = coalesce($7, withdraws), reranges = coalesce($8, reranges), standing = coalesce($9, standing)
       where id = $1 and state not in ${over} returning id`,
      [id, state, ...given],
    );
    return changed.length > 0;
  }

  async mark(id: string, { etag, lastModified }: FileMarks, complete = false): Promise<void> {
    await this.database.rows('update feed_sync set etag = $2, last_modified = $3, complete = $4 where id = $1', [
      id,
      etag ?? null,
      lastModified ?? null,
      complete,
    ]);
  }

  async wrote(tx: Tx, id: string, count: { accepted: number; unchanged: number }): Promise<void> {
    await rows(tx, 'update feed_sync set accepted = accepted + $2, unchanged = unchanged + $3 where id = $1', [
      id,
      count.accepted,
      count.unchanged,
    ]);
  }

  /** Parks what would take back too much until a person has looked at it. */
  async hold(tx: Tx, id: string, digest: Buffer): Promise<void> {
    await rows(tx, "update feed_sync set state = 'held', digest = $2 where id = $1", [id, digest]);
  }

  async done(tx: Tx, { id, feed }: OpenSync, digest: Buffer | undefined): Promise<void> {
    await rows(tx, "update feed_sync set state = 'done', ended_at = now(), error = null where id = $1", [id]);
    await rows(
      tx,
      `update feed_source s set etag = y.etag, last_modified = y.last_modified, taken_digest = coalesce($3, taken_digest), refused_digest = null
       from feed_sync y where y.id = $2 and s.feed = $1`,
      [feed, id, digest ?? null],
    );
  }

  /** Ends those that are open: their feed is fetched no more. Answers their ids. */
  async end(tx: Tx, feed: string): Promise<readonly string[]> {
    const ended = await rows<{ id: string }>(
      tx,
      `update feed_sync set state = 'discarded', ended_at = now() where feed = $1 and state not in ${over} returning id`,
      [feed],
    );
    return ended.map(({ id }) => id);
  }

  /** Notes why an attempt failed. */
  async troubled(id: string, error: string): Promise<void> {
    await this.database.rows(`update feed_sync set error = $2 where id = $1 and state not in ${over}`, [id, error.slice(0, 500)]);
  }

  async failed(tx: Tx, id: string, error: string): Promise<void> {
    const [failed] = await rows<{ feed: string }>(
      tx,
      `update feed_sync set state = 'failed', ended_at = now(), error = $2 where id = $1 and state not in ${over} returning feed`,
      [id, error.slice(0, 500)],
    );
    if (failed)
      await rows(tx, 'update feed set last_error = $2, last_error_at = now() where name = $1', [failed.feed, error.slice(0, 500)]);
  }

  /** A person lets a held sync go on, exactly with the file that was looked at, or refuses that file. */
  async decide(feed: string, decision: 'release' | 'discard', by: string): Promise<{ id: string; sync: FeedSync }> {
    const id = await this.database.transaction(async (tx) => {
      const [held] = await rows<{ id: string }>(
        tx,
        decision === 'release'
          ? "update feed_sync set state = 'waiting', released_digest = digest, decided_by = $2 where feed = $1 and state = 'held' returning id"
          : "update feed_sync set state = 'discarded', ended_at = now(), decided_by = $2 where feed = $1 and state = 'held' returning id",
        [feed, by.slice(0, 200)],
      );
      if (!held) throw new Problem(409, 'not_held', `no sync of ${feed} waits for a person`);
      if (decision === 'release') await this.leave(tx, feed, held.id);
      else
        await rows(tx, 'update feed_source s set refused_digest = y.digest from feed_sync y where y.id = $2 and s.feed = $1', [
          feed,
          held.id,
        ]);
      return held.id;
    });
    return { id, sync: (await this.latest([feed])).get(feed)! };
  }

  private async add(tx: Tx, feed: string, { format, url }: FeedSource): Promise<void> {
    const [added] = await rows<{ id: string }>(
      tx,
      "insert into feed_sync (feed, format, url, state) values ($1, $2, $3, 'waiting') returning id",
      [feed, format, url],
    );
    await this.leave(tx, feed, added!.id);
    await rows(
      tx,
      'delete from feed_sync where feed = $1 and id not in (select id from feed_sync where feed = $1 order by id desc limit $2)',
      [feed, keptPerFeed],
    );
  }

  private async leave(tx: Tx, feed: string, sync: string): Promise<void> {
    await this.work.add(tx, { kind: workKinds.syncFeed, key: feed, payload: { sync } });
  }
}

function syncOf({ began, ended, bytesTotal, error, decidedBy, ...row }: Omit<SyncRow, 'feed'>): FeedSync {
  return {
    ...row,
    began: began.toISOString(),
    ...(ended && { ended: ended.toISOString() }),
    ...(bytesTotal !== null && { bytesTotal }),
    ...(error !== null && { error }),
    ...(decidedBy !== null && { decidedBy }),
  };
}
