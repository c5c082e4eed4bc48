import { Injectable } from '@nestjs/common';
import { Database } from '@throughline/service';
import { IntelImport } from '../intel-import.ts';
import { readKev } from '../intel-files.ts';
import type { FeedContent, Review, SyncRun } from './feed-content.ts';
import { wholeFile } from './feed-records.ts';

const largest = 256 * 1024 * 1024;
const none = { withdraws: 0, reranges: 0, standing: 0, gone: [], ecosystems: [] };

/** A catalogue of known exploited vulnerabilities: what it no longer lists is no longer known by it. */
@Injectable()
export class KevFeed implements FeedContent {
  constructor(
    private readonly database: Database,
    private readonly intel: IntelImport,
  ) {}

  async review({ feed, path, step }: SyncRun): Promise<Review> {
    const { entries, rejected, version } = readKev(await wholeFile(path, largest));
    const listed = new Set(entries.map(({ cve }) => cve));
    const before = await this.database.rows<{ cve: string }>('select cve from intel where kev_feed = $1 order by cve', [feed]);
    const gone = before.flatMap(({ cve }) => (listed.has(cve) ? [] : cve));
    const counts = { records: entries.length + rejected, rejected, withdraws: gone.length, standing: before.length };
    await step(counts);
    return { ...none, ...counts, gone, ...(version !== undefined && { version }) };
  }

  async write({ feed, path, wrote }: SyncRun, { gone }: Review): Promise<void> {
    const { entries } = readKev(await wholeFile(path, largest));
    const changed = await this.intel.takeKev(feed, entries);
    await this.database.transaction(async (tx) => {
      await this.intel.unlist(tx, feed, gone);
      await wrote(tx, { accepted: changed, unchanged: entries.length - changed });
    });
  }
}

/** Scores of the probability of exploitation: all of them are new every day. */
@Injectable()
export class EpssFeed implements FeedContent {
  constructor(
    private readonly database: Database,
    private readonly intel: IntelImport,
  ) {}

  async review(): Promise<Review> {
    return Promise.resolve({ ...none, records: 0, rejected: 0 });
  }

  async write({ feed, path, step, wrote }: SyncRun): Promise<void> {
    const { accepted, rejected } = await this.intel.epss(await wholeFile(path, largest), feed);
    await this.database.transaction((tx) => wrote(tx, { accepted, unchanged: 0 }));
    await step({ records: accepted + rejected, rejected });
  }
}
