import type { FindingAnswer } from '@throughline/contracts';
import { sarifResult, sarifRule, sarifSchema, sarifSourceRoot } from '@throughline/findings';

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
    $schema: sarifSchema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Throughline', rules: [...rules.values()].map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        ...(root === undefined ? {} : { originalUriBaseIds: { [sarifSourceRoot]: { uri: root } } }),
        ...(commit === undefined ? {} : { properties: { commit } }),
        results: findings.map((finding) => sarifResult(finding, places.get(finding.rule))),
      },
    ],
  };
}
