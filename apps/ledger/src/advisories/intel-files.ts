import { parseJson, Problem } from '@throughline/service';

/** A CVE that a catalogue lists as exploited. */
export interface KevEntry {
  readonly cve: string;
  readonly added: string;
  readonly due: string | null;
  readonly ransomware: boolean;
}

export interface EpssEntry {
  readonly cve: string;
  readonly epss: number;
  readonly percentile: number;
}

const cvePattern = /^CVE-\d{4}-\d{4,19}$/;
const datePattern = /^\d{4}-\d{2}-\d{2}/;

/** Reads the KEV catalogue (JSON); throws `Problem` for another document. */
export function readKev(body: Buffer): { entries: readonly KevEntry[]; rejected: number; version?: string } {
  const catalogue = parseJson(body) as { vulnerabilities?: unknown; catalogVersion?: unknown } | null;
  if (!Array.isArray(catalogue?.vulnerabilities))
    throw new Problem(422, 'unprocessable', 'the body has no list `vulnerabilities`: send the KEV catalogue');
  const all = catalogue.vulnerabilities.map((entry) => kevEntry(entry as Record<string, unknown> | null));
  const entries = all.filter((entry) => entry !== undefined);
  const { catalogVersion: version } = catalogue;
  return { entries, rejected: all.length - entries.length, ...(typeof version === 'string' && { version: version.slice(0, 100) }) };
}

/** Reads a line of the EPSS file; undefined when it is none. */
export function epssEntry(line: string): EpssEntry | undefined {
  const [cve = '', epss, percentile] = line.split(',');
  const [score, rank] = [Number(epss), Number(percentile)];
  return cvePattern.test(cve) && score >= 0 && score <= 1 && rank >= 0 && rank <= 1 ? { cve, epss: score, percentile: rank } : undefined;
}

/** The model and the day of EPSS scores, from the comment in the first line. */
export function epssModel(header: string): { model: string | null; date: string | null } {
  return {
    model: /model_version:([^,\s]{1,50})/.exec(header)?.[1] ?? null,
    date: /score_date:(\d{4}-\d{2}-\d{2})/.exec(header)?.[1] ?? null,
  };
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

function isDate(text: string): boolean {
  return datePattern.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)));
}
