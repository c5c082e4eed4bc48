import { Injectable } from '@nestjs/common';
import type { IntelImportAnswer } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, parseJson, Problem, rows, type Tx } from '@throughline/service';
import { chunksOf, given } from '../bulk.ts';
import { workKinds } from '../work-kinds.ts';
import { WaiverShadows } from '../waivers/waiver-shadows.ts';
import { linesOf, unpacked } from './body-lines.ts';

interface KevEntry {
  readonly cve: string;
  readonly added: string;
  readonly due: string | null;
  readonly ransomware: boolean;
}

interface EpssEntry {
  readonly cve: string;
  readonly epss: number;
  readonly percentile: number;
}

const cvePattern = /^CVE-\d{4}-\d{4,19}$/;
const datePattern = /^\d{4}-\d{2}-\d{2}/;
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

  /** CISA's KEV catalogue (JSON). */
  async kev(body: Buffer): Promise<IntelImportAnswer> {
    const catalogue = parseJson(await whole(body)) as { vulnerabilities?: unknown } | null;
    if (!Array.isArray(catalogue?.vulnerabilities))
      throw new Problem(422, 'unprocessable', 'the body has no list `vulnerabilities`: send the KEV catalogue');
    const entries = catalogue.vulnerabilities.map((entry) => kevEntry(entry as Record<string, unknown> | null));
    const known = entries.filter((entry) => entry !== undefined);
    for (const chunk of chunksOf(known, chunkSize)) await this.database.transaction((tx) => this.writeKev(tx, chunk));
    return { accepted: known.length, rejected: entries.length - known.length };
  }

  /** FIRST's EPSS scores (CSV, with the model's version in the first line). */
  async epss(body: Buffer): Promise<IntelImportAnswer> {
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
    return count;
  }

  private async writeKev(tx: Tx, entries: readonly KevEntry[]): Promise<void> {
    const table = given(entries, {
      cve: { type: 'text', of: ({ cve }) => cve },
      added: { type: 'date', of: ({ added }) => added },
      due: { type: 'date', of: ({ due }) => due },
      ransomware: { type: 'boolean', of: ({ ransomware }) => ransomware },
    });
    const changed = await rows<{ cve: string }>(
      tx,
      `insert into intel (cve, kev_added, kev_due, kev_ransomware) select distinct on (cve) * from ${table.sql} order by cve
       on conflict (cve) do update set kev_added = excluded.kev_added, kev_due = excluded.kev_due, kev_ransomware = excluded.kev_ransomware
       where (intel.kev_added, intel.kev_due, intel.kev_ransomware) is distinct from (excluded.kev_added, excluded.kev_due, excluded.kev_ransomware)
       returning cve`,
      table.params,
    );
    const cves = changed.map(({ cve }) => cve);
    await this.leaveWork(tx, cves, [workKinds.rescore, workKinds.findTouched]);
    await this.waivers.exploited(tx, cves);
  }

  private async writeEpss(header: string, entries: readonly EpssEntry[]): Promise<number> {
    if (entries.length === 0) return 0;
    const table = given(
      entries,
      {
        cve: { type: 'text', of: ({ cve }) => cve },
        epss: { type: 'real', of: ({ epss }) => epss },
        percentile: { type: 'real', of: ({ percentile }) => percentile },
      },
      3,
    );
    await this.database.transaction(async (tx) => {
      const changed = await rows<{ cve: string }>(
        tx,
        `insert into intel (cve, epss, epss_percentile, epss_model, epss_date) select distinct on (cve) cve, epss, percentile, $1::text, $2::date from ${table.sql} order by cve
         on conflict (cve) do update set epss = excluded.epss, epss_percentile = excluded.epss_percentile, epss_model = excluded.epss_model, epss_date = excluded.epss_date
         where intel.epss is distinct from excluded.epss returning cve`,
        [
          /model_version:([^,\s]{1,50})/.exec(header)?.[1] ?? null,
          /score_date:(\d{4}-\d{2}-\d{2})/.exec(header)?.[1] ?? null,
          ...table.params,
        ],
      );
      await this.leaveWork(
        tx,
        changed.map(({ cve }) => cve),
        [workKinds.rescore],
      );
    });
    return entries.length;
  }

  /** Only for CVEs that somebody here has. Policies ask whether a CVE is exploited, so a change of that is told anew. */
  private async leaveWork(tx: Tx, cves: readonly string[], kinds: readonly string[]): Promise<void> {
    const used = await rows<{ cve: string }>(tx, 'select distinct cve from finding where cve = any($1::text[]) order by cve', [cves]);
    for (const part of chunksOf(used, cvesPerWork)) {
      const payload = { cves: part.map(({ cve }) => cve) };
      await this.work.add(tx, ...kinds.map((kind) => ({ kind, payload })));
    }
  }
}

function kevEntry(entry: Record<string, unknown> | null): KevEntry | undefined {
  const { cveID: cve, dateAdded: added, dueDate: due, knownRansomwareCampaignUse: ransomware } = entry ?? {};
  if (typeof cve !== 'string' || !cvePattern.test(cve) || typeof added !== 'string' || !isDate(added)) return undefined;
  return {
    cve,
    added: added.slice(0, 10),
    due: typeof due === 'string' && isDate(due) ? due.slice(0, 10) : null,
    ransomware: ransomware === 'Known',
  };
}

function epssEntry(line: string): EpssEntry | undefined {
  const [cve = '', epss, percentile] = line.split(',');
  const [score, rank] = [Number(epss), Number(percentile)];
  return cvePattern.test(cve) && score >= 0 && score <= 1 && rank >= 0 && rank <= 1 ? { cve, epss: score, percentile: rank } : undefined;
}

function isDate(text: string): boolean {
  return datePattern.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)));
}

async function whole(body: Buffer): Promise<Buffer> {
  const lines: Buffer[] = [];
  for await (const line of linesOf(unpacked(body))) lines.push(line, Buffer.from('\n'));
  return Buffer.concat(lines);
}
