import type { FindingClass, Severity } from '@throughline/contracts';
import { identityKeys, type Finding, type IdentityKey } from '@throughline/findings';

/** Where a finding lies. */
export interface Place {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a vulnerability is about. */
export interface VulnerablePackage {
  /** Alias group of the advisories. */
  readonly group: string;
  readonly packageId: string;
  /** Package URL with the version that is locked. */
  readonly purl: string;
  readonly version: string;
  readonly fixedIn?: string;
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
export function sightedIn(findings: readonly Finding[], repository: string): readonly Sighted[] {
  const byKey = new Map<string, Sighted & { places: Place[] }>();
  for (const finding of findings) {
    const keys = identityKeys(finding, repository);
    const best = `${keys[0]!.scheme} ${keys[0]!.key}`;
    const known = byKey.get(best);
    if (known) known.places.push(placeOf(finding));
    else byKey.set(best, sighted(finding, keys));
  }
  return [...byKey.values()];
}

function sighted(finding: Finding, keys: readonly IdentityKey[]): Sighted & { places: Place[] } {
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
  };
}

function placeOf({ location }: Finding): Place {
  if (!location) return {};
  const { path, line, column } = location;
  return { path, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
