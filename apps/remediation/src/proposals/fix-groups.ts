import type { FindingState, Severity } from '@throughline/contracts';
import { comparatorOf, formatPurl, packageOf, parsePurl } from '@throughline/versions';
import { findFixer } from '../fixers/registry.ts';

/** A finding that a fix closes, by what may be said about it to anybody: ids of known forms. */
export interface Closed {
  readonly finding: string;
  readonly severity: Severity;
  /** CVE, else the id of the advisory. */
  readonly advisory?: string;
}

/** One fix: a package that is raised once for all findings that this closes. */
export interface FixGroup {
  /** Package URL without version. */
  readonly package: string;
  readonly ecosystem: string;
  readonly name: string;
  /** Installed versions that are affected, the lowest first. */
  readonly versions: readonly string[];
  /** The smallest version that closes all findings of the group. */
  readonly to: string;
  readonly findings: readonly string[];
  readonly closes: readonly Closed[];
  /** Files in which the package was found. */
  readonly paths: readonly string[];
}

interface Fixable {
  readonly package: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly fixedIn: string;
  readonly closed: Closed;
  readonly path: string;
}

/** What people decided needs no fix. */
const settled: ReadonlySet<string> = new Set(['not_affected', 'false_positive', 'risk_accepted']);

/**
 * Groups open vulnerabilities by what fixes them: the same package raised to the same version. Names and versions that no
 * ecosystem of ours allows are left out, since they would be written into files and commits.
 */
export function fixGroups(present: readonly FindingState[]): readonly FixGroup[] {
  const byVersion = Map.groupBy(present.flatMap(fixableOf), (one) => `${one.package} ${one.version}`);
  const raised = [...byVersion.values()].flatMap((group) => {
    const to = highest(group);
    return to === undefined ? [] : group.map((one) => ({ ...one, to }));
  });
  const byFix = Map.groupBy(raised, (one) => `${one.package} ${one.to}`);
  return [...byFix.values()].map((group) => {
    const { package: purl, ecosystem, name, to } = group[0]!;
    const versions = [...new Set(group.map((one) => one.version))].sort((a, b) => comparatorOf(ecosystem)?.compare(a, b) ?? 0);
    return {
      package: purl,
      ecosystem,
      name,
      versions,
      to,
      findings: group.map((one) => one.closed.finding).sort(),
      closes: group.map((one) => one.closed).sort((a, b) => (a.finding < b.finding ? -1 : 1)),
      paths: unique(group.map((one) => one.path)),
    };
  });
}

function fixableOf(finding: FindingState): readonly Fixable[] {
  if (finding.class !== 'vulnerability' || settled.has(finding.triage)) return [];
  const { purl, trustedFix: fixedIn, path } = finding;
  if (purl === undefined || fixedIn === undefined || path === undefined) return [];
  const parsed = parsePurl(purl);
  const known = parsed && packageOf(parsed);
  const fixer = known && findFixer(known.ecosystem);
  if (!fixer || parsed.version === undefined || !fixer.isName(known.name)) return [];
  if (!fixer.isVersion(parsed.version) || !fixer.isVersion(fixedIn)) return [];
  const { type, namespace, name, version } = parsed;
  const bare = formatPurl({ type, name, ...(namespace !== undefined && { namespace }) })!;
  return [{ package: bare, ...known, version, fixedIn, closed: closedBy(finding), path }];
}

/** An id that has no usual form is foreign text, and is not repeated. */
function closedBy({ id, severity, cve, advisory }: FindingState): Closed {
  const named = [cve, advisory].find((name) => name !== undefined && /^[A-Z][A-Z0-9]{1,15}(?:-[A-Za-z0-9]{1,12}){1,4}$/.test(name));
  return { finding: id, severity, ...(named !== undefined && { advisory: named }) };
}

/** The highest of the versions that close one finding each; undefined when they cannot be ordered or would go down. */
function highest(group: readonly Fixable[]): string | undefined {
  const { ecosystem, version } = group[0]!;
  const order = comparatorOf(ecosystem);
  const sorted = unique(group.map((one) => one.fixedIn)).sort((a, b) => order?.compare(a, b) ?? 0);
  const to = sorted.at(-1)!;
  return order?.compare(to, version) === 1 ? to : undefined;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
