import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PermanentFailure, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, Problem, rows } from '@throughline/service';
import { workKinds } from '../../work-kinds.ts';
import { noteSuccess } from '../feeds.ts';
import { isHeld, type Review, type SyncRun } from './feed-content.ts';
import { FeedContents } from './feed-contents.ts';
import { FeedFile, type FileMarks } from './feed-file.ts';
import { FeedSyncs, type OpenSync, type SyncCounts } from './feed-syncs.ts';

type SyncLease = Lease<{ readonly sync: string }>;

const maxAttempts = 12;
const tellEveryMs = 1_000;

/** Fetches a feed, looks at what it would take back, and takes it in; each part goes on where an earlier attempt ended. */
@Injectable()
export class FeedSyncWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly syncs: FeedSyncs,
    private readonly files: FeedFile,
    private readonly contents: FeedContents,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 600, maxAttempts };
    this.work.handle<{ sync: string }>(workKinds.syncFeed, options, (lease) => this.run(lease));
  }

  /** What no repetition mends, and the last attempt, end the sync; the feed says why. */
  private async run(lease: SyncLease): Promise<void> {
    const sync = await this.syncs.open(lease.payload.sync);
    if (!sync) return;
    try {
      await this.attempt(sync, lease);
    } catch (error) {
      if (lease.signal.aborted) throw error;
      const message = error instanceof Problem ? error.detail : (error as Error).message;
      await this.syncs.troubled(sync.id, message);
      const isMended = !(error instanceof PermanentFailure || error instanceof Problem);
      if (isMended && lease.attempt < maxAttempts) throw error;
      await this.database.transaction(async (tx) => {
        await this.syncs.failed(tx, sync.id, message);
        await lease.complete(tx);
      });
      await this.files.remove(sync.id);
    }
  }

  private async attempt(sync: OpenSync, lease: SyncLease): Promise<void> {
    if (!(await this.isFetched(sync, lease))) return this.finish(sync, lease, {});
    const digest = await this.files.digest(sync.id);
    const hex = digest.toString('hex');
    if (hex === sync.knownDigest) return this.finish(sync, lease, { digest });
    if (hex === sync.refusedDigest) throw new PermanentFailure('the file is still the one that was discarded');
    const content = this.contents.of(sync.format);
    const review = await content.review(this.runOf(sync, lease, 'reading'));
    if (!(await this.syncs.progress(sync.id, 'reading', review))) return;
    if (isHeld(review) && hex !== sync.releasedDigest) {
      return this.database.transaction(async (tx) => {
        await this.syncs.hold(tx, sync.id, digest);
        await lease.complete(tx);
      });
    }
    await content.write(this.runOf(sync, lease, 'writing'), review);
    await this.finish(sync, lease, { digest, review });
  }

  /** False when the host says that it has nothing new. */
  private async isFetched(sync: OpenSync, lease: SyncLease): Promise<boolean> {
    if (sync.complete && (await this.files.has(sync.id))) return true;
    let marks: FileMarks | undefined;
    let here = 0;
    const { step } = this.runOf(sync, lease, 'fetching');
    const fetched = await this.files.fetch(sync.id, sync.url, {
      known: sync.known,
      begun: sync.begun,
      signal: lease.signal,
      onProgress: async ({ bytes, total, marks: seen }) => {
        // Before the first byte: an attempt that comes later has to know which file its part belongs to.
        if (!marks) await this.syncs.mark(sync.id, seen);
        marks = seen;
        here = bytes;
        await step({ bytes, ...(total !== undefined && { bytesTotal: total }) });
      },
    });
    await this.syncs.mark(sync.id, marks ?? sync.known, fetched);
    await this.syncs.progress(sync.id, 'fetching', { bytes: here });
    return fetched;
  }

  private runOf(sync: OpenSync, lease: SyncLease, state: 'fetching' | 'reading' | 'writing'): SyncRun {
    let told = 0;
    return {
      feed: sync.feed,
      path: this.files.pathOf(sync.id),
      step: async (counts?: SyncCounts) => {
        lease.signal.throwIfAborted();
        if (Date.now() - told < tellEveryMs) return;
        told = Date.now();
        await lease.renew();
        if (!(await this.syncs.progress(sync.id, state, counts))) throw new PermanentFailure('the sync was ended meanwhile');
      },
      wrote: (tx, count) => this.syncs.wrote(tx, sync.id, count),
    };
  }

  private async finish(sync: OpenSync, lease: SyncLease, { digest, review }: { digest?: Buffer; review?: Review }): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.syncs.done(tx, sync, digest);
      if (review) await rows(tx, 'update feed_source set ecosystems = $2 where feed = $1', [sync.feed, review.ecosystems]);
      // Data that did not change since is as fresh as data that did.
      await rows(
        tx,
        'update ecosystem_data set as_of = now() where not demo and ecosystem = any((select ecosystems from feed_source where feed = $1)::text[])',
        [sync.feed],
      );
      await noteSuccess(tx, sync.feed, { format: sync.format, version: review?.version, accepted: 0 });
      await lease.complete(tx);
    });
    await this.files.remove(sync.id);
  }
}
