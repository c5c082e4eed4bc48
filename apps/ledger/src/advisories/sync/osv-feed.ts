import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, Problem } from '@throughline/service';
import type { OsvAffected } from '@throughline/versions';
import { chunksOf } from '../../bulk.ts';
import { AdvisoryImport, readLine, type ImportCount } from '../advisory-import.ts';
import type { Incoming } from '../advisory-rows.ts';
import { feedRecords } from './feed-records.ts';
import type { FeedContent, Review, SyncRun } from './feed-content.ts';

interface KnownRow {
  readonly id: string;
  readonly osvId: string;
  readonly digest: Buffer;
  readonly modified: Date;
  readonly stands: boolean;
}

const batchSize = 200;
const mostEcosystems = 500;

/** A file that has all records of a feed: what it no longer has is withdrawn. */
@Injectable()
export class OsvFeed implements FeedContent {
  constructor(
    private readonly database: Database,
    private readonly imports: AdvisoryImport,
  ) {}

  async review({ feed, path, step }: SyncRun): Promise<Review> {
    const seen = new Set<string>();
    const ecosystems = new Set<string>();
    const review = { records: 0, rejected: 0, withdraws: 0, reranges: 0, standing: await this.standing(feed) };
    let nameless = 0;
    for await (const { batch, rejected, named, read } of batches(path)) {
      for (const id of [...named, ...batch.map(({ advisory }) => advisory.id)]) seen.add(id);
      for (const { ecosystem } of batch.flatMap(({ advisory }) => advisory.packages)) {
        if (ecosystems.size < mostEcosystems) ecosystems.add(ecosystem);
      }
      nameless += rejected - named.length;
      review.records += read;
      review.rejected += rejected;
      await this.compare(feed, batch, review);
      await step(review);
    }
    if (review.records === review.rejected) throw new Problem(422, 'unprocessable', 'nothing in the file is an OSV record');
    // A record that cannot be read and does not say its id could be any of those that seem to be gone.
    const gone = nameless > 0 ? [] : await this.gone(feed, seen);
    return { ...review, withdraws: review.withdraws + gone.length, gone, ecosystems: [...ecosystems].sort() };
  }

  async write({ feed, path, step, wrote }: SyncRun, { gone }: Review): Promise<void> {
    for await (const { batch } of batches(path)) {
      const changed = await this.changed(feed, batch);
      await this.database.transaction(async (tx) => {
        const accepted = changed.length === 0 ? 0 : await this.imports.write(tx, feed, changed);
        await wrote(tx, { accepted, unchanged: batch.length - accepted });
      });
      await step();
    }
    for (const ids of chunksOf(gone, batchSize)) {
      await this.database.transaction((tx) => this.imports.withdraw(tx, feed, ids));
      await step();
    }
  }

  private async standing(feed: string): Promise<number> {
    const [count] = await this.database.rows<{ standing: number }>(
      'select count(*)::int as standing from advisory where feed = $1 and withdrawn_at is null and retracted_at is null',
      [feed],
    );
    return count!.standing;
  }

  private async compare(feed: string, batch: readonly Incoming[], review: { withdraws: number; reranges: number }): Promise<void> {
    const known = await this.known(feed, batch);
    const standing = changedOf(batch, known).filter(({ advisory }) => known.get(advisory.id)?.stands);
    review.withdraws += standing.filter(({ advisory }) => advisory.withdrawn !== undefined).length;
    const kept = standing.filter(({ advisory }) => advisory.withdrawn === undefined);
    if (kept.length === 0) return;
    const before = await this.database.rows<{ id: string; ecosystem: string; name: string; entries: string }>(
      'select advisory_id as id, ecosystem, name, entries from advisory_package where advisory_id = any($1::bigint[])',
      [kept.map(({ advisory }) => known.get(advisory.id)!.id)],
    );
    const lost = before.filter(({ id, ecosystem, name, entries }) => {
      const now = kept.find(({ advisory }) => known.get(advisory.id)!.id === id)!.advisory.packages;
      const same = now.find((one) => one.ecosystem === ecosystem && one.name === name);
      return !same || isReranged(JSON.parse(entries) as OsvAffected[], same.entries);
    });
    review.reranges += new Set(lost.map(({ id }) => id)).size;
  }

  private async changed(feed: string, batch: readonly Incoming[]): Promise<readonly Incoming[]> {
    return changedOf(batch, await this.known(feed, batch));
  }

  private async known(feed: string, batch: readonly Incoming[]): Promise<ReadonlyMap<string, KnownRow>> {
    const known = await this.database.rows<KnownRow>(
      `select id, osv_id as "osvId", digest, modified_at as modified, withdrawn_at is null and retracted_at is null as stands
       from advisory where feed = $1 and osv_id = any($2::text[])`,
      [feed, batch.map(({ advisory }) => advisory.id)],
    );
    return new Map(known.map((row) => [row.osvId, row]));
  }

  private async gone(feed: string, seen: ReadonlySet<string>): Promise<readonly string[]> {
    const standing = await this.database.rows<{ id: string }>(
      'select osv_id as id from advisory where feed = $1 and withdrawn_at is null and retracted_at is null order by osv_id',
      [feed],
    );
    return standing.flatMap(({ id }) => (seen.has(id) ? [] : id));
  }
}

interface Batch {
  readonly batch: readonly Incoming[];
  readonly read: number;
  readonly rejected: number;
  /** Ids of records that cannot be read. */
  readonly named: readonly string[];
}

/** The records of a file in portions; of two with one id the last counts. */
async function* batches(path: string): AsyncIterable<Batch> {
  const count: ImportCount = { accepted: 0, unchanged: 0, rejected: [], rejectedTotal: 0 };
  let open = { batch: [] as Incoming[], read: 0, rejected: 0, named: [] as string[] };
  for await (const record of feedRecords(path)) {
    const incoming = readLine(record, count);
    open.read += 1;
    if (incoming) open.batch.push(incoming);
    else {
      open.rejected += 1;
      const id = record.about ?? (record.value as { id?: unknown } | null)?.id;
      if (typeof id === 'string') open.named.push(id);
    }
    if (open.read < batchSize) continue;
    yield open;
    open = { batch: [], read: 0, rejected: 0, named: [] };
  }
  if (open.read > 0) yield open;
}

/** What the import would write. */
function changedOf(batch: readonly Incoming[], known: ReadonlyMap<string, KnownRow>): readonly Incoming[] {
  return batch.filter(({ advisory, raw }) => {
    const row = known.get(advisory.id);
    if (!row) return true;
    return row.modified <= new Date(advisory.modified) && !createHash('sha256').update(raw).digest().equals(row.digest);
  });
}

/** Whether ranges differ, or a version is no longer named; one that is named beside the others takes nothing back. */
function isReranged(before: readonly OsvAffected[], after: readonly OsvAffected[]): boolean {
  const ranges = (entries: readonly OsvAffected[]): string => JSON.stringify(entries.flatMap((entry) => entry.ranges ?? []));
  const named = new Set(after.flatMap(({ versions = [] }) => versions));
  return ranges(before) !== ranges(after) || before.some(({ versions = [] }) => versions.some((version) => !named.has(version)));
}
