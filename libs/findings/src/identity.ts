import { createHash } from 'node:crypto';
import { formatPurl, parsePurl } from '@throughline/versions';
import type { Finding, ReportedVulnerability } from './finding.ts';
import { normaliseSnippet } from './snippet.ts';

/** One name under which a finding is found again; `scheme` says how it was made, so that a better one can come beside it. */
export interface IdentityKey {
  readonly scheme: string;
  /** SHA-256, hex. */
  readonly key: string;
}

/**
 * The keys of a finding in a repository, best first: the first that is known leads to it. They never depend on severity,
 * description or CWE, and on a line only where a tool gives nothing better.
 */
export function identityKeys(finding: Finding, repository: string): readonly IdentityKey[] {
  const base = [repository, finding.class, finding.rule];
  if (finding.class === 'secret' && finding.secret) {
    const { former = [] } = finding.secret;
    return [finding.secret, ...former].map(({ scheme, hmac }) => identityKey(`secret/${scheme}`, repository, hmac));
  }
  if (finding.class === 'configuration') {
    return finding.resource === undefined
      ? [identityKey('configuration/file', ...base, finding.location?.path ?? '')]
      : [identityKey('configuration/resource', ...base, finding.resource)];
  }
  if (finding.class === 'vulnerability' && finding.vulnerability) return reportedKeys(finding.vulnerability, base);
  return placeKeys(finding, base);
}

/**
 * One key for each id under which advisories know it, CVE before GHSA before others: two tools that name one in common mean the
 * same. Without any id the rule stands for it.
 */
function reportedKeys({ ids, purl }: ReportedVulnerability, [repository = '', , rule = '']: readonly string[]): readonly IdentityKey[] {
  const known = [...new Set(ids)].sort((a, b) => publisherRank(a) - publisherRank(b) || compare(a, b));
  return (known.length > 0 ? known : [rule]).map((id) => identityKey('vulnerability/reported', repository, id, withoutVersion(purl)));
}

/** A package URL without what differs between two versions of the package. */
export function withoutVersion(purl: string): string {
  const { type, namespace, name } = parsePurl(purl) ?? { name: purl, type: '', namespace: undefined };
  return formatPurl({ type, name, ...(namespace !== undefined && { namespace }) }) ?? purl;
}

function publisherRank(id: string): number {
  return id.startsWith('CVE-') ? 0 : id.startsWith('GHSA-') ? 1 : 2;
}

/** The key of a vulnerable package in a repository; `group` is the surrogate id of the advisory's alias group. */
export function vulnerabilityKey(group: string, packageUrl: string, repository: string): IdentityKey {
  return identityKey('vulnerability/package', repository, group, packageUrl);
}

function placeKeys(finding: Finding, base: readonly string[]): readonly IdentityKey[] {
  const { path = '', line, snippet } = finding.location ?? {};
  const fingerprints = fingerprintKeys(finding, base, path);
  if (fingerprints.length > 0) return fingerprints;
  if (finding.class !== 'secret' && snippet !== undefined && snippet !== '') {
    return [identityKey('code/snippet', ...base, path, normaliseSnippet(snippet))];
  }
  // What was found in something that runs is found there again.
  if (finding.location === undefined && finding.resource !== undefined) return [identityKey('code/resource', ...base, finding.resource)];
  return [identityKey('code/line', ...base, path, String(line ?? ''))];
}

/**
 * The newest version of a fingerprint first (SARIF 2.1.0 section 3.27.17). Partial ones say nothing about the file; those
 * of a scope and offset come after those of the whole result.
 */
function fingerprintKeys(finding: Finding, base: readonly string[], path: string): readonly IdentityKey[] {
  return Object.entries(finding.fingerprints ?? {})
    .filter(([, value]) => isFingerprint(value))
    .map(([name, value]) => ({ name, value, rank: rankOf(name), ...versionOf(name) }))
    .sort((a, b) => a.rank - b.rank || compare(a.family, b.family) || b.version - a.version)
    .map(({ name, value, rank }) => identityKey('code/fingerprint', ...base, name, value, ...(rank === 0 ? [] : [path])));
}

/** Some tools print a sentence where a fingerprint belongs (`requires login`), the same for every result. */
function isFingerprint(value: string): boolean {
  return value.length >= 6 && !/\s/.test(value.trim());
}

function rankOf(name: string): number {
  if (/scope[-_ ]?offset/i.test(name)) return 2;
  return name.startsWith('partial:') ? 1 : 0;
}

function versionOf(name: string): { readonly family: string; readonly version: number } {
  const match = /^(.*)\/v(\d{1,6})$/.exec(name);
  return match ? { family: match[1]!, version: Number(match[2]) } : { family: name, version: 0 };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Lengths stand before the parts, so that no two lists of parts give the same bytes. */
function identityKey(scheme: string, ...parts: readonly string[]): IdentityKey {
  const hash = createHash('sha256').update(scheme);
  for (const part of parts) hash.update(`\n${Buffer.byteLength(part)}:`).update(part);
  return { scheme, key: hash.digest('hex') };
}
