import { Injectable } from '@nestjs/common';
import type { BlastRadiusAnswer, BlastRadiusArtifact, BlastRadiusQuery, BlastRadiusRepository } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, encodeCursor, plannedAnew, Problem, visibleTo, type Identity } from '@throughline/service';
import { imagePrefix } from '../inventory/sboms/image-scope.ts';

/** Where to go on in both lists: after the last that was shown of each. */
interface After {
  readonly repository: string;
  readonly artifact: string;
}

interface Found {
  readonly known: boolean;
  readonly components: number;
  readonly aliases: string[];
  readonly repositoriesTotal: number;
  readonly artifactsTotal: number;
  readonly owners: string[];
  readonly repositories: BlastRadiusRepository[];
  readonly artifacts: (BlastRadiusArtifact & { readonly image: string | null })[];
}

/** Versions that the advisory, or another one of its groups, affects. */
const versions = `
  select distinct f.component_version_id as id, v.purl, m.demo from member m
  join affected f on f.advisory_id = m.id and not f."unknown"
  join component_version v on v.id = f.component_version_id`;

/** Where they are today: in the reports of heads. The demo's advisories touch the demo only, and nobody else does. */
const places = `
  select h.id as head, h.report_id, h.repository, h.line, hit.purl, coalesce(r.application, 'unassigned') as application,
    starts_with(h.repository, '${imagePrefix}') as imaged
  from hit join occurrence o on o.component_version_id = hit.id
  join head h on h.report_id = o.report_id
  left join repository r on r.id = h.repository
  where coalesce(r.demo, false) = hit.demo`;

/** A report may be that of several images: the run that is the head says which of them is meant. */
const images = `
  select t.repository, t.application, t.purl, s.image, encode(s.artifact, 'hex') as digest, t.repository || ' ' || encode(s.artifact, 'hex') as place
  from touched t join evaluation e on e.id = t.head
  join sbom s on s.report_id = t.report_id and s.artifact <> ''
    and (s.id = e.run or exists (select 1 from sbom_again again where again.sbom_number = s.number and again.id = e.run))`;

const ownerOf = (place: string): string =>
  `coalesce((select owners[1] from application a where a.name = ${place}.application), 'unowned') as owner`;

const findingsOf = (place: string): string => `
  array(select f.id::text from finding f where f.group_id in (select group_id from member) and f.repository = ${place}.repository
        and f.alias_of is null order by f.id limit 20) as findings`;

/**
 * All of it at once, so that what an advisory touches is looked up once. What an image alone has belongs to no repository: it is
 * among the artifacts.
 *
 * @param visible condition on `application`
 * @param first number of the first of three parameters: the repository and the place to go on after, and how many of each
 */
const statement = (visible: string, first: number): string => `${plannedAnew}
  with asked as materialized (
    select a.demo, own.group_id from advisory a join advisory_group_member own on own.advisory_id = a.id where a.osv_id = $1
  ), member as materialized (
    select asked.group_id, asked.demo, m.advisory_id as id from asked join advisory_group_member m on m.group_id = asked.group_id
  ), hit as materialized (${versions}
  ), touched as materialized (select * from (${places}) as place where ${visible}
  ), inside as materialized (${images}
  ), repositories as (
    select repository, application, (array_agg(distinct line))[1:20] as lines, (array_agg(distinct purl))[1:20] as purls
    from touched where not imaged and repository > $${first} group by repository, application order by repository limit $${first + 2}
  ), artifacts as (
    select place, repository, application, digest, max(image) as image, (array_agg(distinct purl))[1:20] as purls
    from inside where place > $${first + 1} group by place, repository, application, digest order by place limit $${first + 2}
  )
  select exists (select 1 from advisory where osv_id = $1) as known,
    (select count(distinct id)::int from hit) as components,
    array(select distinct n.name from member join advisory_name n on n.advisory_id = member.id where n.name <> $1 order by 1 limit 50) as aliases,
    (select count(distinct repository)::int from touched where not imaged) as "repositoriesTotal",
    (select count(distinct place)::int from inside) as "artifactsTotal",
    array(select distinct coalesce(a.owners[1], 'unowned') from (select distinct application from touched) as t
          left join application a on a.name = t.application order by 1 limit 100) as owners,
    coalesce((select json_agg(one) from (
      select repository, application, ${ownerOf('repositories')}, lines, purls, ${findingsOf('repositories')}
      from repositories order by repository) as one), '[]') as repositories,
    coalesce((select json_agg(one) from (
      select repository, image, 'sha256:' || digest as digest, application, ${ownerOf('artifacts')}, purls, ${findingsOf('artifacts')}
      from artifacts order by place) as one), '[]') as artifacts`;

/** What an advisory touches, without scanning anything. Some packages are in a few places, others in tens of thousands. */
@Injectable()
export class BlastRadius {
  constructor(private readonly database: Database) {}

  async of(id: string, query: BlastRadiusQuery, caller: Identity): Promise<BlastRadiusAnswer> {
    const after = afterOf(query.cursor);
    const size = query.limit ?? defaultLimit;
    const found = await this.found(id, { after, size, caller });
    const more = found.repositories.length > size || found.artifacts.length > size;
    const repositories = found.repositories.slice(0, size);
    const artifacts = found.artifacts.slice(0, size).map(({ image, ...one }) => ({ ...one, ...(image !== null && { image }) }));
    const last = [repositories.at(-1)?.repository ?? after.repository, placeOf(artifacts.at(-1)) ?? after.artifact];
    return {
      ...{ advisory: id, aliases: found.aliases, components: found.components },
      ...{ repositoriesTotal: found.repositoriesTotal, repositories },
      next: more ? encodeCursor(last) : null,
      ...{ artifactsTotal: found.artifactsTotal, artifacts, workloads: [], owners: found.owners },
      asOf: new Date().toISOString(),
    };
  }

  /** One more of each list than is wanted. Throws `Problem` 404. */
  private async found(id: string, { after, size, caller }: { after: After; size: number; caller: Identity }): Promise<Found> {
    const params: unknown[] = [id];
    const sql = statement(visibleTo(caller, params), params.length + 1);
    const [found] = await this.database.rows<Found>(sql, [...params, after.repository, after.artifact, size + 1]);
    if (!found!.known) throw new Problem(404, 'not_found', `no feed has an advisory ${id.slice(0, 128)}`);
    return found!;
  }
}

function afterOf(cursor: string | undefined): After {
  const [repository, artifact] = decodeCursor(cursor, 2) ?? ['', ''];
  return { repository: String(repository), artifact: String(artifact) };
}

function placeOf(artifact: BlastRadiusArtifact | undefined): string | undefined {
  return artifact && `${artifact.repository} ${artifact.digest.slice('sha256:'.length)}`;
}
