import type { FindingAnswer, Remediation, Severity } from '@throughline/contracts';

/** Something to do, however many findings it ends. */
export interface NextAction {
  readonly id: string;
  readonly title: string;
  readonly fix?: Remediation;
  /** The findings that it ends, the worst first. */
  readonly findings: readonly FindingAnswer[];
  readonly severity: Severity;
  readonly risk: number;
  readonly owner: string;
  readonly due: string;
}

const most = 10;

/** What to do next, the highest risk first: one action per proposed fix, and one per finding that no fix ends. */
export function nextActions(findings: readonly FindingAnswer[], fixes: readonly Remediation[]): NextAction[] {
  const fixOf = new Map(fixes.flatMap((fix) => fix.findings.map((finding) => [finding, fix] as const)));
  const groups = new Map<string, FindingAnswer[]>();
  for (const finding of findings) {
    const id = fixOf.get(finding.id)?.id ?? finding.id;
    groups.set(id, [...(groups.get(id) ?? []), finding]);
  }
  return [...groups]
    .map(([id, ended]) => actionOf(id, ended, fixOf.get(ended[0]!.id)))
    .sort((a, b) => b.risk - a.risk || a.due.localeCompare(b.due))
    .slice(0, most);
}

function actionOf(id: string, ended: readonly FindingAnswer[], fix: Remediation | undefined): NextAction {
  const findings = [...ended].sort((a, b) => b.risk.score - a.risk.score);
  const worst = findings[0]!;
  return {
    id,
    title: fix?.summary ?? worst.title,
    ...(fix && { fix }),
    findings,
    severity: worst.severity,
    risk: worst.risk.score,
    owner: worst.owner,
    due: findings.map((finding) => finding.risk.due).sort()[0]!,
  };
}
