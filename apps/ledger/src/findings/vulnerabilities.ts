import { Injectable } from '@nestjs/common';
import type { NotEvaluated, Severity } from '@throughline/contracts';
import { vulnerabilityKey, type IdentityKey } from '@throughline/findings';
import { rows, type Tx } from '@throughline/service';
import { affects, comparatorOf, fixedVersion, type OsvAffected } from '@throughline/versions';
import type { Scope } from './finding-rows.ts';
import { weightOf } from './severity-weight.ts';
import type { Sighted } from './sighted.ts';

/** A locked version that an advisory affects, or may affect. */
interface Hit {
  readonly group: string;
  readonly cve: string | null;
  readonly packageId: string;
  readonly packagePurl: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** That of the source, where the advisory speaks of it. */
  readonly compared: string;
  readonly purl: string;
  readonly manifest: string;
  readonly line: number | null;
  readonly unknown: boolean;
  readonly advisory: string;
  readonly summary: string;
  readonly details: string;
  readonly severity: Severity;
  readonly severityKnown: boolean;
  readonly cvss: number | null;
  readonly entries: string;
  readonly trusted: boolean;
}

/** What the advisories say about the components of a report. */
export interface Vulnerabilities {
  readonly sighted: readonly Sighted[];
  /** Keys of what cannot be told. */
  readonly undecided: readonly IdentityKey[];
  readonly notEvaluated: readonly NotEvaluated[];
}

const hits = `
  select m.group_id as "group", g.cve, p.id as "packageId", p.purl as "packagePurl", coalesce(f.ecosystem, p.ecosystem) as ecosystem, coalesce(f.name, p.name) as name,
    v.version, coalesce(f.version, v.version) as compared, v.purl,
    o.manifest, o.line, f."unknown", a.osv_id as advisory, a.summary, left(a.details, 2000) as details, a.severity,
    a.severity_known as "severityKnown", a.cvss, ap.entries, coalesce(feed.trusted_for_fixes, false) as trusted
  from occurrence o
  join component_version v on v.id = o.component_version_id
  join package p on p.id = v.package_id
  join affected f on f.component_version_id = v.id
  join advisory a on a.id = f.advisory_id
  left join feed on feed.name = a.feed
  join advisory_package ap on ap.advisory_id = a.id and ap.ecosystem = coalesce(f.ecosystem, p.ecosystem) and ap.name = coalesce(f.name, p.name)
  join advisory_group_member m on m.advisory_id = a.id
  join advisory_group g on g.id = m.group_id
  where o.report_id = $1 and a.demo = $2
  order by m.group_id, p.id, v.version, o.manifest, a.id`;

/** Vulnerabilities are never stored as sightings: they follow from what is locked and what advisories say about it today. */
@Injectable()
export class ComponentVulnerabilities {
  async of(tx: Tx, report: string, { repository, ownership }: Pick<Scope, 'repository' | 'ownership'>): Promise<Vulnerabilities> {
    const found = await rows<Hit>(tx, hits, [report, ownership.demo]);
    const byFinding = new Map<string, Hit[]>();
    for (const hit of found) {
      const key = `${hit.group} ${hit.packageId}`;
      byFinding.set(key, [...(byFinding.get(key) ?? []), hit]);
    }
    const groups = [...byFinding.values()];
    const certain = groups.map((group) => group.filter(({ unknown }) => !unknown)).filter((group) => group.length > 0);
    const open = groups.filter((group) => group.every(({ unknown }) => unknown));
    return {
      sighted: certain.map((group) => sightedOf(group, repository)),
      undecided: open.map(([hit]) => keyOf(hit!, repository)),
      notEvaluated: notEvaluatedOf(found.filter(({ unknown }) => unknown)),
    };
  }
}

/** One finding of a group and a package; of several locked versions the lowest is shown, it needs the fix most. */
function sightedOf(group: readonly Hit[], repository: string): Sighted {
  const { ecosystem, name, cve, packageId, group: groupId } = group[0]!;
  const order = comparatorOf(ecosystem);
  const [lowest] = [...group].sort((a, b) => order?.compare(a.compared, b.compared) ?? 0);
  const shown = best(group);
  const records = group.map(({ entries }) => ({ affected: JSON.parse(entries) as OsvAffected[] }));
  const fixedIn = fixedVersion(records, ecosystem, name, lowest!.compared);
  const trustedFix = trustedFixOf(group, lowest!.compared);
  const places = new Map(group.map((hit) => [hit.manifest, { path: hit.manifest, ...(hit.line !== null && { line: hit.line }) }]));
  return {
    keys: [keyOf(lowest!, repository)],
    class: 'vulnerability',
    rule: shown.advisory,
    title: shown.summary,
    ...(shown.details !== '' && { description: shown.details }),
    severity: shown.severity,
    cwe: [],
    places: [...places.values()],
    vulnerability: {
      group: groupId,
      packageId,
      purl: lowest!.purl,
      version: lowest!.version,
      advisory: shown.advisory,
      ...(fixedIn !== undefined && { fixedIn }),
      ...(trustedFix !== undefined && { trustedFix }),
      ...(cve !== null && { cve }),
      ...(shown.cvss !== null && { cvss: shown.cvss }),
    },
  };
}

/** What feeds that are trusted for fixes call fixed, unless any feed says otherwise. */
function trustedFixOf(group: readonly Hit[], installed: string): string | undefined {
  const { ecosystem, name } = group[0]!;
  const recordOf = ({ entries }: Hit): { affected: OsvAffected[] } => ({ affected: JSON.parse(entries) as OsvAffected[] });
  const fix = fixedVersion(group.filter(({ trusted }) => trusted).map(recordOf), ecosystem, name, installed);
  return fix !== undefined && group.every((hit) => affects(recordOf(hit), ecosystem, name, fix) === false) ? fix : undefined;
}

/** The statement that is shown: rated before unrated, the worst rating first. */
function best(group: readonly Hit[]): Hit {
  return [...group].sort(
    (a, b) =>
      Number(b.severityKnown) - Number(a.severityKnown) ||
      weightOf(b.severity) - weightOf(a.severity) ||
      (b.cvss ?? 0) - (a.cvss ?? 0) ||
      (a.advisory < b.advisory ? -1 : 1),
  )[0]!;
}

function keyOf({ group, packagePurl }: Hit, repository: string): IdentityKey {
  return vulnerabilityKey(group, packagePurl, repository);
}

function notEvaluatedOf(unknown: readonly Hit[]): readonly NotEvaluated[] {
  const ecosystems = new Map<string, Set<string>>();
  for (const { ecosystem, purl } of unknown) ecosystems.set(ecosystem, (ecosystems.get(ecosystem) ?? new Set()).add(purl));
  return [...ecosystems].map(([ecosystem, purls]) => {
    const [example] = purls;
    return {
      what: ecosystem,
      reason: `${purls.size} locked version(s) cannot be compared with advisories, e.g. ${example!}`.slice(0, 300),
    };
  });
}
