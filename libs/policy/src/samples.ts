import type { FindingClass } from '@throughline/contracts';
import { maxFindings, worstFirst, type FactFinding, type Facts, type FactScan } from './facts.ts';

const commit = '3e1b7c9000000000000000000000000000000000';
const baseCommit = 'b45e000000000000000000000000000000000000';

const completed: readonly (readonly [string, FindingClass])[] = [
  ['secretlint', 'secret'],
  ['bandit', 'code'],
  ['zizmor', 'configuration'],
  ['dependencies', 'vulnerability'],
];

/** One completed run of every class: a subject about which everything is known. */
export const completedScans: readonly FactScan[] = completed.map(([tool, found], index) => ({
  seq: index + 1,
  tool,
  finds: [found],
  state: 'evaluated',
  notEvaluated: [],
}));

/** A finding that the change adds, with the given fields. */
export function sampleFinding(fields: Partial<FactFinding> = {}): FactFinding {
  return {
    id: 'finding-1',
    class: 'code',
    rule: 'rule',
    title: 'A finding',
    severity: 'high',
    tools: [],
    new: true,
    knownExploited: false,
    ...fields,
  };
}

/** Facts of a push to `main` about which everything is known, with the given fields. */
export function sampleFacts(fields: Partial<Facts> = {}): Facts {
  const findings = worstFirst(fields.findings ?? []);
  const scans = fields.scans ?? completedScans;
  return {
    gate: 'change',
    subject: { repository: 'git.example.org/acme/payments', commit, ref: 'refs/heads/main', base: baseCommit },
    base: 'known',
    throughSeq: Math.max(0, ...scans.map((scan) => scan.seq)),
    licences: [],
    total: findings.length,
    added: findings.filter((finding) => finding.new).length,
    ...fields,
    scans,
    findings: findings.slice(0, maxFindings),
  };
}
