import { Injectable } from '@nestjs/common';
import type { ChangedComponent, DiffedComponent, SbomDiff, SbomDiffQuery } from '@throughline/contracts';
import { Database, type Identity } from '@throughline/service';
import { SbomList, summaryOf } from './sbom-list.ts';

/** A version of a package in an SBOM. */
export interface ListedVersion {
  readonly package: string;
  readonly purl: string;
  readonly version: string;
  readonly licence: string | null;
}

const mostShown = 5_000;
const mostVersions = 100;

const versions = `
  select p.purl as package, v.purl, v.version, min(o.licence) as licence
  from occurrence o join component_version v on v.id = o.component_version_id join package p on p.id = v.package_id
  where o.report_id = $1 group by p.id, v.id`;

/** What one SBOM has that another one has not. */
@Injectable()
export class SbomDiffs {
  constructor(
    private readonly database: Database,
    private readonly sboms: SbomList,
  ) {}

  async between({ from, to }: SbomDiffQuery, caller: Identity): Promise<SbomDiff> {
    const [before, after] = await Promise.all([this.sboms.named(from, caller), this.sboms.named(to, caller)]);
    const [old, now] = await Promise.all([before, after].map(({ report }) => this.database.rows<ListedVersion>(versions, [report])));
    const { added, removed, changed } = diffOf(old!, now!);
    return {
      ...{ from: summaryOf(before), to: summaryOf(after) },
      ...{ addedTotal: added.length, removedTotal: removed.length, changedTotal: changed.length },
      ...{ added: added.slice(0, mostShown), removed: removed.slice(0, mostShown), changed: changed.slice(0, mostShown) },
    };
  }
}

/** A package that is in both with other versions is changed; one that is only in one of them was added or removed. */
export function diffOf(before: readonly ListedVersion[], after: readonly ListedVersion[]) {
  const [old, now] = [byPackage(before), byPackage(after)];
  const only = (here: typeof old, there: typeof old): DiffedComponent[] =>
    inOrder([...here].flatMap(([name, listed]) => (there.has(name) ? [] : listed.map(componentOf))));
  const changed = [...old].flatMap(([purl, listed]): ChangedComponent[] => {
    const [from, to] = [versionsIn(listed), versionsIn(now.get(purl) ?? [])];
    return to.length === 0 || from.join('\n') === to.join('\n')
      ? []
      : [{ purl, from: from.slice(0, mostVersions), to: to.slice(0, mostVersions) }];
  });
  return { added: only(now, old), removed: only(old, now), changed: inOrder(changed) };
}

function byPackage(listed: readonly ListedVersion[]): ReadonlyMap<string, readonly ListedVersion[]> {
  return Map.groupBy(listed, (one) => one.package);
}

function versionsIn(listed: readonly ListedVersion[]): string[] {
  return [...new Set(listed.map(({ version }) => version))].sort();
}

function componentOf({ purl, licence }: ListedVersion): DiffedComponent {
  return { purl, ...(licence !== null && { licence }) };
}

function inOrder<T extends { readonly purl: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.purl < b.purl ? -1 : Number(a.purl > b.purl)));
}
