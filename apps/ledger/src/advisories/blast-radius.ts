import { Injectable } from '@nestjs/common';
import type { BlastRadiusAnswer, BlastRadiusArtifact, BlastRadiusQuery, BlastRadiusRepository } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, encodeCursor, plannedAnew, Problem, visibleTo, type Identity } from '@throughline/service';
import { imagePrefix } from '../inventory/sboms/image-scope.ts';

interface Counts {
  readonly aliases: string[];
  readonly components: number;
}

interface Owned {
  readonly repositories: number;
  readonly artifacts: number;
  readonly owners: string[];
}

/** Where to go on in both lists: after the last that was shown of each. */
interface After {
  readonly repository: string;
  readonly artifact: string;
}

/** Versions that the advisory, or another one of its groups, affects. */
const versions = `
  select distinct f.component_version_id as id, a.demo from advisory a
  join advisory_group_member own on own.advisory_id = a.id
  join advisory_group_member m on m.group_id = own.group_id
  join affected f on f.advisory_id = m.advisory_id and not f."unknown"
  where a.osv_id = $1`;

/** Where they are today: in the reports of heads. The demo's advisories touch the demo only, and nobody else does. */
const touched = `
  select h.id as head, h.report_id, h.repository, h.line, v.purl, coalesce(r.application, 'unassigned') as application
  from (${versions}) as hit
  join component_version v on v.id = hit.id
  join occurrence o on o.component_version_id = hit.id
  join head h on h.report_id = o.report_id
  left join repository r on r.id = h.repository
  where coalesce(r.demo, false) = hit.demo`;

/** What an image alone has belongs to no repository: it is among the artifacts. */
const inRepositories = `select * from (${touched}) as everywhere where not starts_with(repository, '${imagePrefix}')`;

/** A report may be that of several images: the run that is the head says which of them is meant. */
const inArtifacts = `
  select t.*, s.image, encode(s.artifact, 'hex') as digest, t.repository || ' ' || encode(s.artifact, 'hex') as place
  from (${touched}) as t join evaluation e on e.id = t.head
  join sbom s on s.report_id = t.report_id and s.artifact <> ''
    and (s.id = e.run or exists (select 1 from sbom_again again where again.sbom_number = s.number and again.id = e.run))`;

const findingsOf = `
  array(select f.id::text from finding f join advisory_group_member m on m.group_id = f.group_id join advisory x on x.id = m.advisory_id
        where x.osv_id = $1 and f.repository = t.repository and f.alias_of is null order by f.id limit 20)`;

/** What an advisory touches, without scanning anything. Some packages are in a few places, others in tens of thousands. */
@Injectable()
export class BlastRadius {
  constructor(private readonly database: Database) {}

  async of(id: string, query: BlastRadiusQuery, caller: Identity): Promise<BlastRadiusAnswer> {
    const { aliases, components } = await this.counts(id);
    const params: unknown[] = [id];
    const visible = visibleTo(caller, 't.application', params);
    const { repositories: total, artifacts: artifactsTotal, owners } = await this.owned(visible, params);
    const after = afterOf(query.cursor);
    const size = query.limit ?? defaultLimit;
    const repositories = await this.repositories(visible, [...params, after.repository, size + 1]);
    const artifacts = await this.artifacts(visible, [...params, after.artifact, size + 1]);
    const more = repositories.length > size || artifacts.length > size;
    const shown = { repositories: repositories.slice(0, size), artifacts: artifacts.slice(0, size) };
    const last = [shown.repositories.at(-1)?.repository ?? after.repository, placeOf(shown.artifacts.at(-1)) ?? after.artifact];
    return {
      ...{ advisory: id, aliases, components },
      ...{ repositoriesTotal: total, repositories: shown.repositories },
      next: more ? encodeCursor(last) : null,
      ...{ artifactsTotal, artifacts: shown.artifacts, workloads: [], owners },
      asOf: new Date().toISOString(),
    };
  }

  private async counts(id: string): Promise<Counts> {
    const [counts] = await this.database.rows<Counts & { known: boolean }>(
      `${plannedAnew} select exists (select 1 from advisory where osv_id = $1) as known,
         (select count(distinct id)::int from (${versions}) as hit) as components,
         array(select distinct n.name from advisory a join advisory_group_member own on own.advisory_id = a.id
               join advisory_group_member m on m.group_id = own.group_id join advisory_name n on n.advisory_id = m.advisory_id
               where a.osv_id = $1 and n.name <> $1 order by 1 limit 50) as aliases`,
      [id],
    );
    if (!counts!.known) throw new Problem(404, 'not_found', `no feed has an advisory ${id.slice(0, 128)}`);
    return counts!;
  }

  private async owned(visible: string, params: readonly unknown[]): Promise<Owned> {
    const [owned] = await this.database.rows<Owned>(
      `${plannedAnew} select count(distinct t.repository) filter (where not starts_with(t.repository, '${imagePrefix}'))::int as repositories,
         (select count(distinct t.place)::int from (${inArtifacts}) as t where ${visible}) as artifacts,
         coalesce((array_agg(distinct coalesce(a.owners[1], 'unowned')))[1:100], '{}') as owners
       from (${touched}) as t left join application a on a.name = t.application where ${visible}`,
      params,
    );
    return owned!;
  }

  private repositories(visible: string, params: readonly unknown[]): Promise<BlastRadiusRepository[]> {
    return this.database.rows<BlastRadiusRepository>(
      `${plannedAnew} select t.repository, t.application, coalesce(max(a.owners[1]), 'unowned') as owner,
         (array_agg(distinct t.line))[1:20] as lines, (array_agg(distinct t.purl))[1:20] as purls, ${findingsOf} as findings
       from (${inRepositories}) as t left join application a on a.name = t.application
       where ${visible} and t.repository > $${params.length - 1} group by t.repository, t.application order by t.repository limit $${params.length}`,
      params,
    );
  }

  private async artifacts(visible: string, params: readonly unknown[]): Promise<BlastRadiusArtifact[]> {
    const found = await this.database.rows<BlastRadiusArtifact & { readonly image: string | null }>(
      `${plannedAnew} select t.repository, max(t.image) as image, 'sha256:' || t.digest as digest, t.application,
         coalesce(max(a.owners[1]), 'unowned') as owner, (array_agg(distinct t.purl))[1:20] as purls, ${findingsOf} as findings
       from (${inArtifacts}) as t left join application a on a.name = t.application
       where ${visible} and t.place > $${params.length - 1} group by t.place, t.repository, t.digest, t.application order by t.place limit $${params.length}`,
      params,
    );
    return found.map(({ image, ...artifact }) => ({ ...artifact, ...(image !== null && { image }) }));
  }
}

function afterOf(cursor: string | undefined): After {
  const [repository, artifact] = decodeCursor(cursor, 2) ?? ['', ''];
  return { repository: String(repository), artifact: String(artifact) };
}

function placeOf(artifact: BlastRadiusArtifact | undefined): string | undefined {
  return artifact && `${artifact.repository} ${artifact.digest.slice('sha256:'.length)}`;
}
