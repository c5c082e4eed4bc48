import { Injectable } from '@nestjs/common';
import { vulnerabilityKey, withoutVersion, type Finding, type IdentityKey } from '@throughline/findings';
import { rows, type Tx } from '@throughline/service';

/** What advisories know about an id that a report names. */
interface Known {
  readonly group: string;
  readonly cve: string | null;
}

/** Which alias groups the vulnerabilities of a report belong to, as far as advisories are here. */
export type GroupsByName = ReadonlyMap<string, Known>;

/** Joins what reports say about vulnerable packages with what advisories say. */
@Injectable()
export class ReportedVulnerabilities {
  /** A name that leads to several groups (a bundle) leads to none. */
  async groupsOf(tx: Tx, findings: readonly Finding[]): Promise<GroupsByName> {
    const names = [...new Set(findings.flatMap(({ vulnerability }) => vulnerability?.ids ?? []))];
    if (names.length === 0) return new Map();
    const found = await rows<Known & { name: string }>(
      tx,
      `select named.name, min(named.group_id)::text as "group", min(g.cve) as cve from (
         select n.name, m.group_id from advisory_name n join advisory_group_member m on m.advisory_id = n.advisory_id where n.name = any($1::text[])
         union select cve, id from advisory_group where cve = any($1::text[]) and merged_into is null
       ) as named join advisory_group g on g.id = named.group_id group by named.name having count(distinct named.group_id) = 1`,
      [names],
    );
    return new Map(found.map(({ name, group, cve }) => [name, { group, cve }]));
  }
}

/** The group of a reported vulnerability: that of the first of its names that has one. */
export function groupOf({ vulnerability }: Finding, groups: GroupsByName): Known | undefined {
  return vulnerability?.ids.map((id) => groups.get(id)).find((known) => known !== undefined);
}

/** The key under which our own scans know it, where an advisory is here. */
export function ownKey({ vulnerability }: Finding, repository: string, known: Known | undefined): readonly IdentityKey[] {
  return vulnerability && known ? [vulnerabilityKey(known.group, withoutVersion(vulnerability.purl), repository)] : [];
}
