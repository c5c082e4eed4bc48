import { Injectable } from '@nestjs/common';
import type { ComponentPaths, ComponentPathsAnswer, ComponentPathsQuery } from '@throughline/contracts';
import { Database, Problem, type Identity } from '@throughline/service';
import { canonicalPurl } from '@throughline/versions';
import { SbomList, summaryOf, type SbomRow } from './sbom-list.ts';
import { rootId } from './sboms.ts';
import { shortestWays, type NeededBy } from './ways.ts';

interface Target {
  readonly id: string;
  readonly purl: string;
  readonly direct: boolean;
  /** Of a lock file: names on one way to it. */
  readonly via: readonly string[];
}

const mostPaths = 10;
const mostVersions = 50;
const mostSteps = 200;

const targets = `
  select v.id, v.purl, bool_or(o.direct) as direct,
    (array_agg(o.via::text order by cardinality(o.via), o.manifest))[1]::text[] as via
  from occurrence o join component_version v on v.id = o.component_version_id join package p on p.id = v.package_id
  where o.report_id = $1 and (v.purl = $2 or p.purl = $2) group by v.id order by v.id limit ${mostVersions}`;

/** Those that nobody needs stand below the root: not every document says what it is about. */
const edges = `
  select child_id as child, array_agg(parent_id order by parent_id) as parents from (
    select parent_id, child_id from sbom_dependency where report_id = $1
    union
    select 0, parent_id from sbom_dependency d where report_id = $1 and parent_id <> 0
      and not exists (select 1 from sbom_dependency up where up.report_id = $1 and up.child_id = d.parent_id)
  ) as edge group by child_id`;

/** Why a component is there: who needs it, from what the SBOM is about. */
@Injectable()
export class ComponentWays {
  constructor(
    private readonly database: Database,
    private readonly sboms: SbomList,
  ) {}

  async of(query: ComponentPathsQuery, caller: Identity): Promise<ComponentPathsAnswer> {
    const purl = canonicalPurl(query.purl);
    if (purl === undefined)
      throw new Problem(400, 'invalid', 'purl is no package URL', [
        { pointer: '/purl', detail: 'write pkg:npm/lodash, with or without version' },
      ]);
    const sbom = await this.sbomOf(query, caller);
    const found = await this.database.rows<Target>(targets, [sbom.report, purl]);
    if (found.length === 0) throw new Problem(404, 'not_found', 'the SBOM does not list this package');
    return { sbom: summaryOf(sbom), components: await this.ways(sbom, found) };
  }

  private sbomOf({ sbom, repository }: ComponentPathsQuery, caller: Identity): Promise<SbomRow> {
    if (sbom !== undefined) return this.sboms.named(sbom, caller);
    if (repository !== undefined) return this.sboms.ofRepository(repository, caller);
    throw new Problem(400, 'invalid', 'say in which SBOM', [{ pointer: '/sbom', detail: 'name an SBOM, or a repository' }]);
  }

  private async ways({ report }: SbomRow, found: readonly Target[]): Promise<ComponentPaths[]> {
    const rows = await this.database.rows<{ child: string; parents: string[] }>(edges, [report]);
    if (rows.length === 0) return found.map(wayOfLock);
    const neededBy: NeededBy = new Map(rows.map(({ child, parents }) => [child, parents]));
    const ways = found.map((target) => ({ target, ...shortestWays(neededBy, rootId, target.id, mostPaths) }));
    const purls = await this.purls(ways.flatMap(({ paths }) => paths.flat()));
    return ways.map(({ target: { purl, direct }, paths, more }) => ({
      ...{ purl, direct, more },
      paths: paths.map((path) => ({ steps: path.slice(0, mostSteps).map((id) => purls.get(id) ?? id) })),
    }));
  }

  private async purls(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const sql = 'select id, purl from component_version where id = any($1::bigint[])';
    const found = await this.database.rows<{ id: string; purl: string }>(sql, [[...new Set(ids)]]);
    return new Map(found.map(({ id, purl }) => [id, purl]));
  }
}

/** A lock file says one way, by names. */
function wayOfLock({ purl, direct, via }: Target): ComponentPaths {
  const steps = via.length > 0 ? [...via.slice(0, mostSteps - 1), purl] : [purl];
  return { purl, direct, more: false, paths: direct || via.length > 0 ? [{ steps }] : [] };
}
