import { Injectable } from '@nestjs/common';
import type { IntelImportAnswer } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, rows, type Tx } from '@throughline/service';
import { chunksOf, given } from '../bulk.ts';
import { workKinds } from '../work-kinds.ts';
import { WaiverShadows } from '../waivers/waiver-shadows.ts';
import { linesOf, unpacked } from './body-lines.ts';
import { noteSuccess } from './feeds.ts';
import { epssEntry, epssModel, readKev, type EpssEntry, type KevEntry } from './intel-files.ts';

const chunkSize = 5_000;
const cvesPerWork = 2_000;

/** The publishers' own files about CVEs: the catalogue of known exploited ones, and the probabilities of exploitation. */
@Injectable()
export class IntelImport {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly waivers: WaiverShadows,
  ) {}

  /** CISA's KEV catalogue (JSON); what somebody sends by hand adds, and takes nothing from the list. */
  async kev(body: Buffer): Promise<IntelImportAnswer> {
    const { entries, rejected, version } = readKev(await whole(body));
    await this.takeKev('kev', entries);
    await this.database.transaction((tx) => noteSuccess(tx, 'kev', { format: 'kev', version, accepted: entries.length }));
    return { accepted: entries.length, rejected };
  }

  /** Answers how many are new or changed. */
  async takeKev(feed: string, entries: readonly KevEntry[]): Promise<number> {
    let changed = 0;
    for (const chunk of chunksOf(entries, chunkSize)) changed += await this.database.transaction((tx) => this.writeKev(tx, feed, chunk));
    return changed;
  }

  /** A catalogue lists these no longer. */
  async unlist(tx: Tx, feed: string, cves: readonly string[]): Promise<void> {
    const changed = await rows<{ cve: string }>(
      tx,
      `update intel set kev_added = null, kev_due = null, kev_ransomware = null, kev_feed = null
       where kev_feed = $1 and cve = any($2::text[]) returning cve`,
      [feed, cves],
    );
    await this.leaveWork(
      tx,
      changed.map(({ cve }) => cve),
      [workKinds.rescore, workKinds.findTouched],
    );
  }

  /** FIRST's EPSS scores (CSV, with the model's version in the first line). */
  async epss(body: Buffer, feed = 'epss'): Promise<IntelImportAnswer> {
    const count = { accepted: 0, rejected: 0 };
    let header = '';
    let chunk: EpssEntry[] = [];
    for await (const line of linesOf(unpacked(body))) {
      const text = line.toString('utf8').trim();
      if (text === '' || text.startsWith('cve,')) continue;
      if (text.startsWith('#')) header = text;
      const entry = epssEntry(text);
      if (entry) chunk.push(entry);
      else if (!text.startsWith('#')) count.rejected += 1;
      if (chunk.length < chunkSize) continue;
      count.accepted += await this.writeEpss(header, chunk);
      chunk = [];
    }
    count.accepted += await this.writeEpss(header, chunk);
    if (count.accepted === 0) throw new Problem(422, 'unprocessable', 'the body has no line `cve,epss,percentile`: send the EPSS file');
    const { model, date } = epssModel(header);
    const version = [model, date].filter((part) => part !== null).join(' ');
    await this.database.transaction((tx) => noteSuccess(tx, feed, { format: 'epss', version, accepted: count.accepted }));
    return count;
  }

  private async writeKev(tx: Tx, feed: string, entries: readonly KevEntry[]): Promise<number> {
    const table = given(
      entries,
      {
        cve: { type: 'text', of: ({ cve }) => cve },
        added: { type: 'date', of: ({ added }) => added },
        due: { type: 'date', of: ({ due }) => due },
        ransomware: { type: 'boolean', of: ({ ransomware }) => ransomware },
      },
      2,
    );
    const changed = await rows<{ cve: string }>(
      tx,
      `insert into intel (cve, kev_added, kev_due, kev_ransomware, kev_feed) select distinct on (cve) *, $1::text from ${table.sql} order by cve
       on conflict (cve) do update set kev_added = excluded.kev_added, kev_due = excluded.kev_due, kev_ransomware = excluded.kev_ransomware,
         kev_feed = coalesce(intel.kev_feed, excluded.kev_feed)
       where (intel.kev_added, intel.kev_due, intel.kev_ransomware) is distinct from (excluded.kev_added, excluded.kev_due, excluded.kev_ransomware)
         and (intel.kev_feed is null or intel.kev_feed = $1)
       returning cve`,
      [feed, ...table.params],
    );
    const cves = changed.map(({ cve }) => cve);
    await this.leaveWork(tx, cves, [workKinds.rescore, workKinds.findTouched]);
    await this.waivers.exploited(tx, cves);
    return cves.length;
  }

  private async writeEpss(header: string, entries: readonly EpssEntry[]): Promise<number> {
    if (entries.length === 0) return 0;
    const { model, date } = epssModel(header);
    const table = given(entries, {
      cve: { type: 'text', of: ({ cve }) => cve },
      epss: { type: 'real', of: ({ epss }) => epss },
      percentile: { type: 'real', of: ({ percentile }) => percentile },
    });
    await this.database.transaction(async (tx) => {
      const scored = await rows<{ cve: string }>(
        tx,
        `select distinct given.cve from ${table.sql} left join intel i using (cve) where i.epss is distinct from given.epss`,
        table.params,
      );
      await rows(
        tx,
        `insert into intel (cve, epss, epss_percentile, epss_model, epss_date)
         select distinct on (cve) cve, epss, percentile, $4::text, $5::date from ${table.sql} order by cve
         on conflict (cve) do update set epss = excluded.epss, epss_percentile = excluded.epss_percentile, epss_model = excluded.epss_model, epss_date = excluded.epss_date
         where (intel.epss, intel.epss_percentile, intel.epss_model, intel.epss_date)
           is distinct from (excluded.epss, excluded.epss_percentile, excluded.epss_model, excluded.epss_date)`,
        [...table.params, model, date],
      );
      await this.leaveWork(
        tx,
        scored.map(({ cve }) => cve),
        [workKinds.rescore],
      );
    });
    return entries.length;
  }

  /** Only for CVEs that somebody here has. Policies ask whether a CVE is exploited, so a change of that is told anew. */
  private async leaveWork(tx: Tx, cves: readonly string[], kinds: readonly string[]): Promise<void> {
    if (cves.length === 0) return;
    const used = await rows<{ cve: string }>(tx, 'select distinct cve from finding where cve = any($1::text[]) order by cve', [cves]);
    for (const part of chunksOf(used, cvesPerWork)) {
      const payload = { cves: part.map(({ cve }) => cve) };
      await this.work.add(tx, ...kinds.map((kind) => ({ kind, payload })));
    }
  }
}

async function whole(body: Buffer): Promise<Buffer> {
  const lines: Buffer[] = [];
  for await (const line of linesOf(unpacked(body))) lines.push(line, Buffer.from('\n'));
  return Buffer.concat(lines);
}
