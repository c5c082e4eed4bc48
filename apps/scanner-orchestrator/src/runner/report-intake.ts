import { linesOf } from '@throughline/blobs';
import {
  present,
  type Component,
  type Finding,
  type ReportedVulnerability,
  type ReportLine,
  type SecretTrace,
} from '@throughline/findings';
import { findingClasses, severities, type FindingClass, type Severity } from '@throughline/contracts';
import { purlOf } from '@throughline/versions';
import { ScanRefused } from './scan-refused.ts';

/** What the lines of a report add up to. */
export interface Totals {
  readonly findings: number;
  readonly components: number;
  readonly ecosystems: readonly string[];
}

/** A canary as it was put into the copy. */
export interface PlacedCanary {
  readonly path: string;
  readonly expects: string;
}

const pieceLength = 64 * 1024;
const limits = { maxLineBytes: 64 * 1024, maxLines: 250_000 };
const scopes = ['runtime', 'development', 'unknown'] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Takes the settled lines of a box and gives the lines of a report: every field checked and bounded, secrets turned into
 * digest and preview, the canary taken out. The box reads hostile files: nothing of what it says is trusted.
 */
export class ReportIntake {
  private findings = 0;
  private components = 0;
  private readonly ecosystems = new Set<string>();
  private canarySeen = false;
  private ended: number | undefined;
  private received = 0;

  constructor(
    private readonly trace: (secret: string) => Promise<SecretTrace>,
    private readonly canary: PlacedCanary,
  ) {}

  /** NDJSON of `ReportLine` in pieces; throws `ScanRefused` when the output is not whole or the canary is missing. */
  async *read(output: AsyncIterable<Uint8Array>, also: readonly Finding[]): AsyncIterable<Uint8Array> {
    let piece = '';
    for (const finding of also) piece += this.encode({ kind: 'finding', finding });
    for await (const text of linesOf(output, limits)) {
      const line = await this.take(fieldsOf(text));
      if (line) piece += this.encode(line);
      if (piece.length < pieceLength) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    yield Buffer.from(piece);
    if (this.ended === undefined || this.ended !== this.received) throw new ScanRefused('its report broke off');
    if (!this.canarySeen) throw new ScanRefused(`it did not find the canary (${this.canary.expects}): its silence means nothing`);
  }

  get totals(): Totals {
    return { findings: this.findings, components: this.components, ecosystems: [...this.ecosystems].sort() };
  }

  private async take(fields: Fields): Promise<ReportLine | undefined> {
    if (this.ended !== undefined) throw new ScanRefused('its report goes on after its end');
    if (typeof fields['failed'] === 'string') throw new ScanRefused(fields['failed'].slice(0, 200));
    if (typeof fields['end'] === 'number') {
      this.ended = fields['end'];
      return undefined;
    }
    this.received += 1;
    return this.isCanary(fields) ? undefined : this.lineOf(fields);
  }

  private isCanary(fields: Fields): boolean {
    const finding = objectOf(fields['finding']);
    const component = objectOf(fields['component']);
    if ((finding?.['path'] ?? component?.['manifest']) !== this.canary.path) return false;
    const said = finding
      ? finding['rule']
      : `${String(component?.['ecosystem'])}/${String(component?.['name'])}@${String(component?.['version'])}`;
    this.canarySeen ||= said === this.canary.expects;
    return true;
  }

  private async lineOf(fields: Fields): Promise<ReportLine> {
    const finding = objectOf(fields['finding']);
    if (finding) return { kind: 'finding', finding: await this.findingOf(finding) };
    const component = objectOf(fields['component']);
    if (component) return { kind: 'component', component: componentOf(component) };
    throw new ScanRefused('its report has a line that is neither finding nor component');
  }

  private async findingOf(fields: Fields): Promise<Finding> {
    const secret = text(fields['secret'], 64 * 1024);
    return findingOf(fields, secret === undefined ? undefined : await this.trace(secret));
  }

  private encode(line: ReportLine): string {
    if (line.kind === 'finding') this.findings += 1;
    else if (line.kind === 'component') {
      this.components += 1;
      this.ecosystems.add(line.component.ecosystem);
    }
    return `${JSON.stringify(line)}\n`;
  }
}

/** A finding as a box wrote it, with every field checked and bounded. */
export function findingOf(fields: Fields, secret: SecretTrace | undefined): Finding {
  const path = text(fields['path'], 1024);
  const cwe = Array.isArray(fields['cwe']) ? fields['cwe'].slice(0, 20).flatMap((id) => count(id) ?? []) : [];
  return present({
    class: oneOf<FindingClass>(fields['class'], findingClasses),
    rule: required(fields['rule'], 200),
    title: required(fields['title'], 300),
    severity: oneOf<Severity>(fields['severity'], severities),
    description: text(fields['description'], 2000),
    cwe: cwe.length > 0 ? cwe : undefined,
    help: /^https:\/\//.test(String(fields['help'])) ? text(fields['help'], 500) : undefined,
    location:
      path === undefined
        ? undefined
        : present({ path, line: count(fields['line']), column: count(fields['column']), snippet: text(fields['snippet'], 500) }),
    secret,
    resource: text(fields['resource'], 500),
    confidence: text(fields['confidence'], 20),
    fingerprints: fingerprintsOf(objectOf(fields['fingerprints'])),
    vulnerability: vulnerabilityOf(objectOf(fields['vulnerability'])),
  });
}

function fingerprintsOf(fields: Fields | undefined): Finding['fingerprints'] {
  const usable = Object.entries(fields ?? {})
    .slice(0, 20)
    .flatMap(([name, value]) => (text(value, 512) === undefined || name.length > 136 ? [] : [[name, text(value, 512)!] as const]));
  return usable.length === 0 ? undefined : Object.fromEntries(usable);
}

function vulnerabilityOf(fields: Fields | undefined): ReportedVulnerability | undefined {
  if (!fields) return undefined;
  const { ids, cvss } = fields;
  return present<ReportedVulnerability>({
    ids: Array.isArray(ids) ? ids.slice(0, 20).flatMap((id) => text(id, 128) ?? []) : [],
    ecosystem: text(fields['ecosystem'], 64),
    name: required(fields['name'], 300),
    version: text(fields['version'], 200),
    purl: required(fields['purl'], 512),
    fixedIn: text(fields['fixedIn'], 128),
    cvss: typeof cvss === 'number' && cvss > 0 && cvss <= 10 ? cvss : undefined,
  });
}

function componentOf(fields: Fields): Component {
  const ecosystem = required(fields['ecosystem'], 30);
  const name = required(fields['name'], 300);
  const version = required(fields['version'], 200);
  const purl = purlOf(ecosystem, name, version);
  if (purl === undefined) throw new ScanRefused(`no package URL can be made of ${JSON.stringify(`${ecosystem} ${name}`.slice(0, 100))}`);
  const via = Array.isArray(fields['via']) ? fields['via'].slice(0, 50).flatMap((step) => text(step, 300) ?? []) : [];
  return present({
    ...{ purl, ecosystem, name, version },
    manifest: required(fields['manifest'], 1024),
    line: count(fields['line']),
    direct: fields['direct'] === true,
    scope: oneOf(fields['scope'], scopes),
    licence: text(fields['licence'], 200),
    via: via.length > 0 ? via : undefined,
  });
}

/** A component of an SBOM as a box wrote it: of a kind that no advisory knows, too, and without version where nobody says one. */
export function listedComponentOf(fields: Fields): Component {
  const hashes = Array.isArray(fields['hashes']) ? fields['hashes'].slice(0, 20).flatMap((hash) => text(hash, 160) ?? []) : [];
  return present({
    purl: required(fields['purl'], 1024),
    ecosystem: required(fields['ecosystem'], 64),
    name: required(fields['name'], 300),
    version: text(fields['version'], 200) ?? '',
    manifest: required(fields['manifest'], 1024),
    direct: fields['direct'] === true,
    scope: oneOf(fields['scope'], scopes),
    licence: text(fields['licence'], 200),
    kind: text(fields['kind'], 32),
    hashes: hashes.length > 0 ? hashes : undefined,
  });
}

/** A line of a box as an object; throws `ScanRefused`. */
export function fieldsOf(line: string): Fields {
  try {
    const fields = objectOf(JSON.parse(line));
    if (fields) return fields;
  } catch {
    // What cannot be parsed is not repeated.
  }
  throw new ScanRefused('its report has a line that is no JSON object');
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function text(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, max) : undefined;
}

function required(value: unknown, max: number): string {
  const found = text(value, max);
  if (found === undefined) throw new ScanRefused('its report has a line without a required field');
  return found;
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

function oneOf<T extends string>(value: unknown, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new ScanRefused('its report has a word that is not one of its list');
  return found;
}
