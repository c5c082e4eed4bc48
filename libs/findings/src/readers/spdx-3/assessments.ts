import { severityOf as bandOf } from '@throughline/versions';
import { typeOf } from '../../sbom/spdx/elements.ts';
import { scoreOf, textOf, type Foreign } from '../fields.ts';

/** What the newest version of CVSS says among the assessments; SPDX writes scores as numbers and as texts. */
export function scoreIn(assessments: readonly Foreign[]): { readonly severity: string | undefined; readonly score: number | undefined } {
  const newest = [...assessments].sort((a, b) => (typeOf(b) ?? '').localeCompare(typeOf(a) ?? ''))[0];
  const score = scoreOf(Number(newest?.['security_score'] ?? newest?.['score']));
  const word = textOf(newest?.['security_severity'] ?? newest?.['severity'], 20)?.toLowerCase();
  const severity = word === 'none' ? 'info' : word;
  return { severity: severity ?? (score === undefined ? undefined : bandOf(score)), score };
}
