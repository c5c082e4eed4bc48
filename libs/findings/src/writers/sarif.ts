import type { FindingAnswer, Triage } from '@throughline/contracts';
import type { ExportHead, FindingFormat, FindingWriter } from './writer.ts';

/** What editors colour by. */
const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const;
/** The middle of each band of CVSS: GitHub and others sort by it. */
const securitySeverity = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0', info: '0.0' } as const;
const settled: readonly Triage[] = ['false_positive', 'risk_accepted', 'not_affected'];

export const sarifSchema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Viewers resolve paths against it. */
export const sarifSourceRoot = 'SRCROOT';

/** As many rules are told of one repository; results of others name theirs by its id alone. */
const mostRules = 25_000;

/**
 * A SARIF 2.1.0 log with a run for each repository, whose rules follow its results (OASIS SARIF 2.1.0, sections 3.13, 3.14, 3.27).
 * Each result carries the id of its finding as fingerprint; what a person settled is there and says so as a suppression.
 */
export const sarif: FindingFormat = {
  contentType: 'application/sarif+json',
  extension: 'sarif',
  byRepository: true,
  open: (head) => new SarifWriter(head),
};

class SarifWriter implements FindingWriter {
  private readonly head: ExportHead;
  private repository: string | undefined;
  private rules = new Map<string, { readonly place: number; readonly rule: object }>();

  constructor(head: ExportHead) {
    this.head = head;
  }

  begin(): string {
    const { at, filter } = this.head;
    return `{"$schema":${JSON.stringify(sarifSchema)},"version":"2.1.0","properties":${JSON.stringify({ at, filter })},"runs":[`;
  }

  page(findings: readonly FindingAnswer[]): string {
    return findings.map((finding) => this.result(finding)).join('');
  }

  end(): string {
    const { repository } = this;
    // A run without results says that nothing was found; no run, that nothing was looked at.
    return `${repository === undefined ? this.opening('') : ''}${this.closing()}]}\n`;
  }

  private result(finding: FindingAnswer): string {
    const next = finding.repository !== this.repository;
    const before = next ? `${this.repository === undefined ? '' : `${this.closing()},`}${this.opening(finding.repository)}` : ',';
    return before + JSON.stringify(sarifResult(finding, this.placeOf(finding)));
  }

  private placeOf(finding: FindingAnswer): number | undefined {
    const known = this.rules.get(finding.rule);
    if (known || this.rules.size >= mostRules) return known?.place;
    const place = this.rules.size;
    this.rules.set(finding.rule, { place, rule: sarifRule(finding) });
    return place;
  }

  private opening(repository: string): string {
    this.repository = repository;
    this.rules = new Map();
    const run = {
      columnKind: 'utf16CodeUnits',
      ...(repository !== '' && { automationDetails: { id: `${repository}/` } }),
      ...(isAddress(repository) && { versionControlProvenance: [{ repositoryUri: `https://${encodeURI(repository)}` }] }),
    };
    return `${JSON.stringify(run).slice(0, -1)},"results":[`;
  }

  private closing(): string {
    const rules = [...this.rules.values()].map(({ rule }) => rule);
    return `],"tool":${JSON.stringify({ driver: { name: 'Throughline', rules } })}}`;
  }
}

/** An image stands where a repository does, and is found nowhere. */
function isAddress(repository: string): boolean {
  return repository !== '' && !repository.startsWith('image:');
}

/** What a finding's rule is, as SARIF describes rules. */
export function sarifRule({ rule, title, severity, class: kind, cwe = [] }: FindingAnswer): object {
  return {
    id: rule,
    shortDescription: { text: title },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', kind, ...cwe.map((id) => `external/cwe/cwe-${id}`)], 'security-severity': securitySeverity[severity] },
  };
}

/** A finding as a SARIF result; `ruleIndex` is the place of its rule, where that is told. */
export function sarifResult(finding: FindingAnswer, ruleIndex: number | undefined): object {
  const { id, rule, severity, location, triage, url, risk } = finding;
  const region = location?.line === undefined ? {} : { region: { startLine: location.line } };
  const artifactLocation = location && { uri: uriOf(location.path), uriBaseId: sarifSourceRoot };
  return {
    ruleId: rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: levels[severity],
    rank: risk.score,
    message: { text: messageOf(finding) },
    ...(artifactLocation ? { locations: [{ physicalLocation: { artifactLocation, ...region } }] } : {}),
    partialFingerprints: { 'throughlineFinding/v1': id },
    ...(settled.includes(triage)
      ? { suppressions: [{ kind: 'external', status: 'accepted', justification: justificationOf(finding) }] }
      : {}),
    hostedViewerUri: url,
  };
}

/** A path as a URI reference (RFC 3986): what has a meaning there is no part of a name. */
function uriOf(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

function messageOf({ title, component, fix, risk }: FindingAnswer): string {
  const where = component ? ` in ${component.purl}` : '';
  const fixed = fix?.version ?? component?.fixedIn;
  return `${title}${where}${fixed === undefined ? '' : `; fixed in ${fixed}`} (${risk.priority}, due ${risk.due.slice(0, 10)})`;
}

function justificationOf({ triage, waiver }: FindingAnswer): string {
  return waiver ? `${waiver.label} until ${waiver.until.slice(0, 10)}: ${waiver.url}` : triage;
}
