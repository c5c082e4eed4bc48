import type { FindingClass, Severity } from '@throughline/contracts';

/** Where a finding lies. `path` is relative to the root of the repository, with `/`. */
export interface Location {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  /** Source around the place, white space normalised, at most 500 characters, never with a secret in it. */
  readonly snippet?: string;
}

/** A name by which a secret is known again. */
export interface SecretDigest {
  /** `hmac-v1/<key>` for a keyed digest, `random` for a value that could be guessed from one. */
  readonly scheme: string;
  /** Hex HMAC-SHA-256 of the value under the finding identity key; for `random`, a name that stands for the value. */
  readonly hmac: string;
}

/** A secret as it may be stored: digest for identity, masked preview for people. The value itself is nowhere. */
export interface SecretTrace extends SecretDigest {
  readonly preview: string;
  /** Digests under keys that were in use before. */
  readonly former?: readonly SecretDigest[];
}

/** A vulnerable package as a report names it: which finding it is depends on what advisories say about the ids. */
export interface ReportedVulnerability {
  /** Ids under which advisories know it, the one that the tool uses first: CVE, GHSA, PYSEC. */
  readonly ids: readonly string[];
  /** Ecosystem by its OSV name (`npm`), where it is one that we know. */
  readonly ecosystem?: string;
  readonly name: string;
  /** Installed version. */
  readonly version?: string;
  /** Canonical package URL, with the version when it is known. */
  readonly purl: string;
  readonly fixedIn?: string;
  readonly cvss?: number;
}

/** One problem as a tool reports it, before it has an identity. */
export interface Finding {
  readonly class: FindingClass;
  readonly rule: string;
  readonly title: string;
  readonly description?: string;
  readonly severity: Severity;
  readonly cwe?: readonly number[];
  /** Address of the rule's explanation. */
  readonly help?: string;
  readonly location?: Location;
  /** Fingerprints that the tool gives, by scheme (SARIF `partialFingerprints`). */
  readonly fingerprints?: Readonly<Record<string, string>>;
  readonly secret?: SecretTrace;
  /** What the finding is about when that is no place in a file, e.g. a Kubernetes workload. */
  readonly resource?: string;
  readonly confidence?: string;
  /** Of a vulnerability that a report names; those of our own scans follow from their components. */
  readonly vulnerability?: ReportedVulnerability;
}

/** One package that a repository locks. */
export interface Component {
  /** Package URL with version. */
  readonly purl: string;
  /** Ecosystem by its OSV name: `npm`, `PyPI`. */
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** Path of the lock file. */
  readonly manifest: string;
  readonly line?: number;
  readonly direct: boolean;
  readonly scope: 'runtime' | 'development' | 'unknown';
  /** SPDX expression as the lock file states it. */
  readonly licence?: string;
  /** Names on one path from a direct dependency to this one, the direct one first. */
  readonly via?: readonly string[];
  /** What an SBOM says it is: `library`, `operating-system`. */
  readonly kind?: string;
  /** `SHA-256:<hex>`, as an SBOM says. */
  readonly hashes?: readonly string[];
}

/** One line of a report blob (NDJSON). */
export type ReportLine =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'component'; readonly component: Component }
  /** Who needs whom, by the places of the components in their order; without `from` what the report is about. */
  | { readonly kind: 'dependency'; readonly dependency: { readonly from?: number; readonly to: readonly number[] } };
