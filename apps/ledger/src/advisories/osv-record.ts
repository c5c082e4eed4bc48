import type { Severity } from '@throughline/contracts';
import { canonicalName, cvssScore, type OsvAffected, type OsvEvent, type OsvRange } from '@throughline/versions';

/** An OSV record as it is kept: bounded, without what we do not read. */
export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly details: string;
  readonly severity: Severity;
  /** False when the publisher rates nothing and `severity` is our guess. */
  readonly severityKnown: boolean;
  readonly cvss?: number;
  readonly cvssVector?: string;
  readonly published?: string;
  readonly modified: string;
  readonly withdrawn?: string;
  readonly packages: readonly AffectedPackage[];
}

export interface AffectedPackage {
  readonly ecosystem: string;
  /** In the spelling of `canonicalName`. */
  readonly name: string;
  readonly entries: readonly OsvAffected[];
}

/** A record that is no OSV advisory; the pointer leads to the place in it. */
export class OsvRefused extends Error {
  readonly code = 'osv_refused';

  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

type Json = Readonly<Record<string, unknown>>;

const most = { aliases: 50, affected: 5_000, ranges: 200, events: 5_000, versions: 20_000 };

/** Reads an OSV record (schema 1.7), ignoring unknown fields; throws `OsvRefused`. */
export function readOsv(value: unknown): Advisory {
  const record = objectAt(value, '');
  const id = record['id'];
  if (typeof id !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._:-]{2,127}$/.test(id)) throw new OsvRefused('/id', 'is no advisory id');
  const affected = listAt(record['affected'], '/affected', most.affected).map((entry, index) => affectedAt(entry, `/affected/${index}`));
  return {
    id,
    aliases: [...new Set(listAt(record['aliases'], '/aliases', most.aliases).flatMap((alias) => text(alias, 128) ?? []))].filter(
      (alias) => alias !== id,
    ),
    summary: text(record['summary'], 300) ?? text(record['details'], 300)?.split('\n', 1)[0] ?? id,
    details: text(record['details'], 64_000) ?? '',
    ...ratingOf(record, id),
    ...optionalTime('published', record),
    modified: timeAt(record['modified'], '/modified'),
    ...optionalTime('withdrawn', record),
    packages: packagesOf(affected.filter((entry) => entry !== undefined)),
  };
}

function affectedAt(value: unknown, pointer: string): (OsvAffected & { package: { ecosystem: string; name: string } }) | undefined {
  const entry = objectAt(value, pointer);
  if (entry['package'] === undefined) return undefined;
  const named = objectAt(entry['package'], `${pointer}/package`);
  const ecosystem = text(named['ecosystem'], 64);
  const name = text(named['name'], 300);
  if (ecosystem === undefined) throw new OsvRefused(`${pointer}/package/ecosystem`, 'is missing');
  if (name === undefined) throw new OsvRefused(`${pointer}/package/name`, 'is missing');
  const ranges = listAt(entry['ranges'], `${pointer}/ranges`, most.ranges).map((range, index) =>
    rangeAt(range, `${pointer}/ranges/${index}`),
  );
  const versions = listAt(entry['versions'], `${pointer}/versions`, most.versions).flatMap((version) => text(version, 256) ?? []);
  return { package: { ecosystem, name }, ranges, versions };
}

function rangeAt(value: unknown, pointer: string): OsvRange {
  const range = objectAt(value, pointer);
  const type = text(range['type'], 32);
  if (type === undefined) throw new OsvRefused(`${pointer}/type`, 'is missing');
  const events = listAt(range['events'], `${pointer}/events`, most.events).map((event, index) => {
    return eventAt(objectAt(event, `${pointer}/events/${index}`), `${pointer}/events/${index}`);
  });
  return { type, events };
}

function eventAt(event: Json, pointer: string): OsvEvent {
  for (const kind of ['introduced', 'fixed', 'last_affected', 'limit'] as const) {
    const version = text(event[kind], 256);
    if (version !== undefined) return { [kind]: version };
  }
  throw new OsvRefused(pointer, 'names none of introduced, fixed, last_affected, limit');
}

function packagesOf(entries: readonly (OsvAffected & { package: { ecosystem: string; name: string } })[]): readonly AffectedPackage[] {
  const byName = new Map<string, { ecosystem: string; name: string; entries: OsvAffected[] }>();
  for (const entry of entries) {
    const { ecosystem } = entry.package;
    const name = canonicalName(ecosystem, entry.package.name);
    const found = byName.get(`${ecosystem}\n${name}`) ?? { ecosystem, name, entries: [] };
    found.entries.push(entry);
    byName.set(`${ecosystem}\n${name}`, found);
  }
  return [...byName.values()];
}

const words: Readonly<Record<string, Severity>> = { critical: 'critical', high: 'high', moderate: 'medium', medium: 'medium', low: 'low' };

/** CVSS 4, else 3, else the publisher's word, else CVSS 2. Malicious packages are critical; without any rating: medium. */
function ratingOf(record: Json, id: string): Pick<Advisory, 'severity' | 'severityKnown' | 'cvss' | 'cvssVector'> {
  const own = listAt(record['severity'], '/severity', 20);
  const perPackage = listAt(record['affected'], '/affected', most.affected).flatMap((entry) => {
    const severity = (entry as Json | null)?.['severity'];
    return Array.isArray(severity) ? (severity as unknown[]) : [];
  });
  const scored = [...own, ...perPackage]
    .slice(0, 100)
    .flatMap((entry) => text((entry as Json | null)?.['score'], 512) ?? [])
    .map((vector) => ({ vector, score: cvssScore(vector) }))
    .sort((a, b) => (b.score?.version ?? '').localeCompare(a.score?.version ?? '') || (b.score?.base ?? 0) - (a.score?.base ?? 0));
  const best = scored.find(({ score }) => score !== undefined);
  const word = wordOf(record);
  if (best?.score && (best.score.version !== '2.0' || word === undefined)) {
    return { severity: best.score.severity, severityKnown: true, cvss: best.score.base, cvssVector: best.vector };
  }
  if (word !== undefined) return { severity: word, severityKnown: true };
  return id.startsWith('MAL-') ? { severity: 'critical', severityKnown: true } : { severity: 'medium', severityKnown: false };
}

function wordOf(record: Json): Severity | undefined {
  const specific = record['database_specific'] as Json | null | undefined;
  const word = text(specific?.['severity'], 32)?.toLowerCase();
  return word !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;
}

function objectAt(value: unknown, pointer: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new OsvRefused(pointer, 'is no object');
}

function listAt(value: unknown, pointer: string, max: number): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new OsvRefused(pointer, 'is no list');
  if (value.length > max) throw new OsvRefused(pointer, `has more than ${max} entries`);
  return value as unknown[];
}

function text(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const clean = value.replaceAll('\0', '').trim().slice(0, max);
  return clean === '' ? undefined : clean;
}

function timeAt(value: unknown, pointer: string): string {
  const time = typeof value === 'string' && value.length <= 40 ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new OsvRefused(pointer, 'is no time');
  return new Date(time).toISOString();
}

function optionalTime(field: 'published' | 'withdrawn', record: Json): { published?: string; withdrawn?: string } {
  const value = record[field];
  return value === undefined || value === null ? {} : { [field]: timeAt(value, `/${field}`) };
}
