import type { FactFinding } from './facts.ts';

/** What is compared with a finding. Without at least one field it matches nothing. */
export interface WaiverMatch {
  readonly finding?: string;
  /** Any of these. */
  readonly findings?: readonly string[];
  readonly class?: string;
  readonly rule?: string;
  readonly advisory?: string;
  readonly cve?: string;
  /** Package URL; without a version it covers all versions. */
  readonly purl?: string;
  /** A file, or a folder when it ends with `/`. */
  readonly path?: string;
}

/** An accepted risk. Without at least one field of `matches` it matches nothing. */
export interface Waiver {
  readonly id: string;
  /** As people name it, e.g. `W-31`. */
  readonly label?: string;
  readonly application?: string;
  readonly repository?: string;
  /** Only for this policy; for all of them when absent. */
  readonly policy?: string;
  readonly matches: WaiverMatch & {
    /** And one of these, each until its own end. */
    readonly anyOf?: readonly (WaiverMatch & { readonly until?: string })[];
  };
  readonly from: string;
  readonly until: string;
  /** It does not cover what is known to be exploited, or what has a fix. */
  readonly endsWhen?: readonly ('known_exploited' | 'fix_available')[];
  /** Asked for by a line on the default branch, and approved by nobody: it counts for policies that allow that. */
  readonly proposed?: boolean;
  /** It was ended before its time, e.g. because its premise broke. */
  readonly endedAt?: string;
}

/** A finding with what a waiver's scope is compared with. */
export type WaivableFinding = Pick<FactFinding, 'id' | 'class' | 'rule' | 'advisory' | 'cve' | 'purl' | 'path' | 'fixedIn'> & {
  readonly knownExploited?: boolean;
  readonly application: string;
  readonly repository: string;
};

/** The waiver covers the finding at the given time (ISO 8601): expiry needs no event, everybody compares with `at`. */
export function waives(waiver: Waiver, finding: WaivableFinding, at: string): boolean {
  const now = Date.parse(at);
  if (!(Date.parse(waiver.from) <= now && now < Date.parse(waiver.until))) return false;
  if (waiver.endedAt !== undefined && Date.parse(waiver.endedAt) <= now) return false;
  if (waiver.application !== undefined && waiver.application !== finding.application) return false;
  if (waiver.repository !== undefined && waiver.repository !== finding.repository) return false;
  if (waiver.endsWhen?.includes('known_exploited') && finding.knownExploited === true) return false;
  if (waiver.endsWhen?.includes('fix_available') && finding.fixedIn !== undefined) return false;
  const { anyOf, ...all } = waiver.matches;
  if (anyOf === undefined) return matches(all, finding);
  const others = Object.keys(all).length === 0 || matches(all, finding);
  return others && anyOf.some(({ until, ...each }) => (until === undefined || now < Date.parse(until)) && matches(each, finding));
}

function matches(wanted: WaiverMatch, finding: WaivableFinding): boolean {
  const { path, purl, finding: id, findings, ...equal } = wanted;
  const tests: boolean[] = [];
  if (id !== undefined) tests.push(finding.id === id);
  if (findings !== undefined) tests.push(findings.includes(finding.id));
  for (const field of ['class', 'rule', 'advisory', 'cve'] as const) {
    if (equal[field] !== undefined) tests.push(finding[field] === equal[field]);
  }
  if (path !== undefined) tests.push(path.endsWith('/') ? (finding.path ?? '').startsWith(path) : finding.path === path);
  if (purl !== undefined) tests.push(finding.purl === purl || (finding.purl ?? '').startsWith(`${purl}@`));
  return tests.length > 0 && tests.every(Boolean);
}
