import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { AdvisoryFacts } from './advisory-facts.ts';
import { AdvisoryGroups } from './advisory-groups.ts';
import { AdvisoryRows, type Incoming, type Written } from './advisory-rows.ts';
import { unpacked } from './body-lines.ts';
import { noteSuccess } from './feeds.ts';
import { osvLines, type OsvLine } from './osv-lines.ts';
import { OsvRefused, readOsv } from './osv-record.ts';

/** What became of the records of one import. */
export interface ImportCount {
  accepted: number;
  unchanged: number;
  rejected: { pointer: string; detail: string }[];
  rejectedTotal: number;
}

/** The feed of the demo's advisories: they speak about the demo's repositories only, and nobody else does. */
export const demoFeed = 'demo';

const batchSize = 200;
const mostRejectionsTold = 100;

/** Takes in advisories from a feed; comparing them with what is in use is left as work. */
@Injectable()
export class AdvisoryImport {
  constructor(
    private readonly database: Database,
    private readonly advisories: AdvisoryRows,
    private readonly groups: AdvisoryGroups,
    private readonly facts: AdvisoryFacts,
    private readonly work: WorkQueue,
  ) {}

  /** Writes the records of a body batch by batch; one that is no OSV record is told and does not stop the others. */
  async take(feed: string, body: Buffer): Promise<ImportCount> {
    const count: ImportCount = { accepted: 0, unchanged: 0, rejected: [], rejectedTotal: 0 };
    let batch: Incoming[] = [];
    for await (const line of osvLines(unpacked(body))) {
      const incoming = readLine(line, count);
      if (incoming) batch.push(incoming);
      if (batch.length < batchSize) continue;
      await this.writeBatch(feed, batch, count);
      batch = [];
    }
    if (batch.length > 0) await this.writeBatch(feed, batch, count);
    return count;
  }

  private async writeBatch(feed: string, batch: readonly Incoming[], count: ImportCount): Promise<void> {
    const written = await this.database.transaction((tx) => this.write(tx, feed, batch));
    count.accepted += written;
    count.unchanged += batch.length - written;
  }

  /** Writes what is new or newer; answers how many that were. */
  async write(tx: Tx, feed: string, batch: readonly Incoming[]): Promise<number> {
    await lockAdvisories(tx);
    const written = await this.advisories.write(tx, feed, batch);
    await noteSuccess(tx, feed, { accepted: written.length });
    const ecosystems = await this.noteEcosystems(tx, feed, batch);
    if (ecosystems.length > 0) await this.work.add(tx, { kind: workKinds.findTouched, payload: { ecosystems, demo: feed === demoFeed } });
    await this.follow(tx, written);
    return written.length;
  }

  /** What a feed no longer has is withdrawn; should it come back, it is taken in whatever its text. */
  async withdraw(tx: Tx, feed: string, osvIds: readonly string[]): Promise<void> {
    await lockAdvisories(tx);
    const gone = await rows<Written>(
      tx,
      `update advisory set withdrawn_at = now(), digest = ''
       where feed = $1 and osv_id = any($2::text[]) and withdrawn_at is null
       returning id, osv_id as "osvId", true as withdrawn, retracted_at is null as stood`,
      [feed, osvIds],
    );
    await this.follow(tx, gone);
  }

  private async follow(tx: Tx, written: readonly Written[]): Promise<void> {
    if (written.length === 0) return;
    const ids = written.map(({ id }) => id);
    await this.regroup(tx, ids);
    await this.facts.tell(tx, written);
    await this.work.add(tx, { kind: workKinds.matchAdvisories, key: 'verdicts', payload: { advisories: ids } });
  }

  /** Sorts advisories into groups again; findings of groups that became one are joined by work. */
  async regroup(tx: Tx, advisories: readonly string[]): Promise<void> {
    const merges = await this.groups.regroup(tx, advisories);
    if (merges.length > 0) await this.work.add(tx, { kind: workKinds.mergeFindings, key: 'groups', payload: { merges } });
  }

  /** Ecosystems for which these are the first advisories: what was not evaluated for want of data can be now. */
  private async noteEcosystems(tx: Tx, feed: string, batch: readonly Incoming[]): Promise<readonly string[]> {
    const ecosystems = [...new Set(batch.flatMap(({ advisory }) => advisory.packages.map(({ ecosystem }) => ecosystem)))].sort();
    const noted = await rows<{ ecosystem: string; created: boolean }>(
      tx,
      `insert into ecosystem_data (ecosystem, demo) select ecosystem, $2 from unnest($1::text[]) as ecosystem
       on conflict (ecosystem, demo) do update set as_of = now() returning ecosystem, (xmax = 0) as created`,
      [ecosystems, feed === demoFeed],
    );
    return noted.filter(({ created }) => created).map(({ ecosystem }) => ecosystem);
  }
}

/** Advisories are written by one transaction at a time: two could make two groups of one. */
export async function lockAdvisories(tx: Tx): Promise<void> {
  await rows(tx, "select pg_advisory_xact_lock(hashtextextended('ledger advisories', 0))");
}

/** Reads a record; one that is none is counted and answers nothing. */
export function readLine({ number, raw, value }: OsvLine, count: ImportCount): Incoming | undefined {
  if (value instanceof Problem) return reject(count, `/${number}`, value.detail);
  try {
    return { advisory: readOsv(value), raw };
  } catch (error) {
    if (!(error instanceof OsvRefused)) throw error;
    return reject(count, `/${number}${error.pointer}`, error.message);
  }
}

function reject(count: ImportCount, pointer: string, detail: string): undefined {
  count.rejectedTotal += 1;
  if (count.rejected.length < mostRejectionsTold) count.rejected.push({ pointer, detail });
  return undefined;
}
