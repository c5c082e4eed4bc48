import type { FindingAnswer, Triage } from '@throughline/contracts';

/** What editors colour by. */
const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const;
/** The middle of each band of CVSS: GitHub and others sort by it. */
const securitySeverity = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0', info: '0.0' } as const;
const settled: readonly Triage[] = ['false_positive', 'risk_accepted', 'not_affected'];
/** Viewers resolve paths against it. */
const sourceRoot = 'SRCROOT';

export interface SarifContext {
  /** Folder that the paths of the findings begin at (`file:///…/`), where it is known. */
  readonly root?: string;
  readonly commit?: string;
}

/**
 * Findings as a SARIF 2.1.0 log with one run, for editors and for other platforms (OASIS SARIF 2.1.0, sections 3.13, 3.14, 3.27).
 * Each result carries the id of its finding as fingerprint; what a person settled is there and says so as a suppression.
 */
export function sarifOf(findings: readonly FindingAnswer[], { root, commit }: SarifContext = {}): object {
  const rules = new Map(findings.map((finding) => [finding.rule, finding]));
  const places = new Map([...rules.keys()].map((rule, index) => [rule, index]));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Throughline', rules: [...rules.values()].map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        ...(root === undefined ? {} : { originalUriBaseIds: { [sourceRoot]: { uri: root } } }),
        ...(commit === undefined ? {} : { properties: { commit } }),
        results: findings.map((finding) => resultOf(finding, places.get(finding.rule)!)),
      },
    ],
  };
}

function ruleOf({ rule, title, severity, class: kind, cwe = [] }: FindingAnswer): object {
  return {
    id: rule,
    shortDescription: { text: title },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', kind, ...cwe.map((id) => `external/cwe/cwe-${id}`)], 'security-severity': securitySeverity[severity] },
  };
}

function resultOf(finding: FindingAnswer, ruleIndex: number): object {
  const { id, rule, severity, location, triage, url } = finding;
  const region = location?.line === undefined ? {} : { region: { startLine: location.line } };
  const artifactLocation = location && { uri: encodeURI(location.path), uriBaseId: sourceRoot };
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: messageOf(finding) },
    ...(artifactLocation ? { locations: [{ physicalLocation: { artifactLocation, ...region } }] } : {}),
    partialFingerprints: { 'throughlineFinding/v1': id },
    ...(settled.includes(triage)
      ? { suppressions: [{ kind: 'external', status: 'accepted', justification: justificationOf(finding) }] }
      : {}),
    hostedViewerUri: url,
  };
}

function messageOf({ title, component, fix, risk }: FindingAnswer): string {
  const where = component ? ` in ${component.purl}` : '';
  const fixed = fix?.version ?? component?.fixedIn;
  return `${title}${where}${fixed === undefined ? '' : `; fixed in ${fixed}`} (${risk.priority}, due ${risk.due.slice(0, 10)})`;
}

function justificationOf({ triage, waiver }: FindingAnswer): string {
  return waiver ? `${waiver.label} until ${waiver.until.slice(0, 10)}: ${waiver.url}` : triage;
}
