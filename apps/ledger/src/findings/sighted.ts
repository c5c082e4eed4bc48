import type { FindingClass, Severity } from '@throughline/contracts';
import { identityKeys, type Finding, type IdentityKey, type ReportedVulnerability } from '@throughline/findings';
import { groupOf, ownKey, type GroupsByName } from './reported-vulnerabilities.ts';

/** Where a finding lies. */
export interface Place {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a vulnerability is about. */
export interface VulnerablePackage {
  /** Alias group of the advisories; absent while none is known for what a report names. */
  readonly group?: string;
  readonly packageId?: string;
  /** Package URL with the version that is locked. */
  readonly purl: string;
  readonly version?: string;
  readonly fixedIn?: string;
  /** By feeds that are trusted for fixes. */
  readonly trustedFix?: string;
  /** The advisory that is shown, by its publisher's id. */
  readonly advisory: string;
  readonly cve?: string;
  readonly cvss?: number;
}

/** A finding as a run saw it, with all its places, before it is known which finding it is. */
export interface Sighted {
  readonly keys: readonly IdentityKey[];
  readonly class: FindingClass;
  readonly rule: string;
  readonly title: string;
  readonly description?: string;
  readonly severity: Severity;
  readonly cwe: readonly number[];
  readonly help?: string;
  readonly confidence?: string;
  readonly resource?: string;
  readonly preview?: string;
  readonly places: readonly Place[];
  readonly vulnerability?: VulnerablePackage;
}

/** The results of a report by identity: what has the same best key is one finding in several places. */
export function sightedIn(findings: readonly Finding[], repository: string, groups: GroupsByName = new Map()): readonly Sighted[] {
  const byKey = new Map<string, Sighted & { places: Place[] }>();
  for (const finding of findings) {
    const keys = [...ownKey(finding, repository, groupOf(finding, groups)), ...identityKeys(finding, repository)];
    const best = `${keys[0]!.scheme} ${keys[0]!.key}`;
    const known = byKey.get(best);
    if (known) known.places.push(placeOf(finding));
    else byKey.set(best, sighted(finding, keys, groups));
  }
  return [...byKey.values()];
}

function sighted(finding: Finding, keys: readonly IdentityKey[], groups: GroupsByName): Sighted & { places: Place[] } {
  const { description, help, confidence, resource, secret } = finding;
  return {
    keys,
    class: finding.class,
    rule: finding.rule,
    title: finding.title,
    severity: finding.severity,
    cwe: finding.cwe ?? [],
    places: [placeOf(finding)],
    ...(description !== undefined && { description }),
    ...(help !== undefined && { help }),
    ...(confidence !== undefined && { confidence }),
    ...(resource !== undefined && { resource }),
    ...(secret && { preview: secret.preview }),
    ...(finding.vulnerability && { vulnerability: packageOf(finding, finding.vulnerability, groups) }),
  };
}

function packageOf(finding: Finding, reported: ReportedVulnerability, groups: GroupsByName): VulnerablePackage {
  const { ids, purl, version, fixedIn, cvss } = reported;
  const known = groupOf(finding, groups);
  const cve = known?.cve ?? ids.find((id) => /^CVE-\d{4}-\d{4,19}$/.test(id));
  return {
    purl,
    advisory: ids[0] ?? finding.rule,
    ...(known && { group: known.group }),
    ...(version !== undefined && { version }),
    ...(fixedIn !== undefined && { fixedIn }),
    ...(cve !== undefined && cve !== null && { cve }),
    ...(cvss !== undefined && { cvss }),
  };
}

function placeOf({ location }: Finding): Place {
  if (!location) return {};
  const { path, line, column } = location;
  return { path, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
