import { Injectable } from '@nestjs/common';
import type { ComponentAnswer, ComponentPlace, ComponentQuery, Page } from '@throughline/contracts';
import {
  canonicalRepository,
  Database,
  decodeCursor,
  defaultLimit,
  pageOf,
  Problem,
  SqlFilter,
  visibleTo,
  type Identity,
} from '@throughline/service';
import { canonicalPurl, inVers } from '@throughline/versions';
import { likeText } from '../wanted.ts';

interface Row {
  readonly id: string;
  readonly purl: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string | null;
  readonly advisories: number;
  readonly places: ComponentPlace[];
}

const mostCompared = 20_000;

/** Places in the reports of heads, inside applications that the caller sees. */
function placesIn(visible: string): string {
  return `from occurrence o join head h on h.report_id = o.report_id
    left join repository r on r.id = h.repository
    where o.component_version_id = v.id and ${visible}`;
}

/** Components in use today. */
@Injectable()
export class ComponentList {
  constructor(private readonly database: Database) {}

  async page(query: ComponentQuery, caller: Identity): Promise<Page<ComponentAnswer>> {
    const filter = new SqlFilter();
    let visible = visibleTo(caller, 'place_application', filter.params).replace(
      'place_application',
      "coalesce(r.application, 'unassigned')",
    );
    if (query.repository !== undefined) visible += ` and h.repository = ${filter.param(canonicalRepository(query.repository))}`;
    filter.and(`exists (select 1 ${placesIn(visible)})`);
    addPurl(filter, query.purl);
    if (query.q !== undefined) filter.and(`p.name ilike ${filter.param(`%${likeText(query.q)}%`)}`);
    if (query.versions !== undefined) filter.and(`v.id = any(${filter.param(await this.inRange(query))}::bigint[])`);
    const [after] = decodeCursor(query.cursor, 1) ?? ['0'];
    filter.and(`v.id > ${filter.param(after)}::bigint`);
    const found = await this.database.rows<Row>(
      `select v.id, v.purl, p.ecosystem, p.name, v.version, (select min(o.licence) ${placesIn(visible)}) as licence,
         (select count(*)::int from affected f where f.component_version_id = v.id and not f."unknown") as advisories,
         (select json_agg(place) from (
            select distinct h.repository, coalesce(r.application, 'unassigned') as application, h.line, h.commit, o.manifest, o.direct, o.scope
            ${placesIn(visible)} order by 1, 3, 5 limit 20) as place) as places
       from component_version v join package p on p.id = v.package_id
       where ${filter.where} order by v.id limit ${(query.limit ?? defaultLimit) + 1}`,
      filter.params,
    );
    const { items, next } = pageOf(found, query.limit, ({ id }) => [id]);
    return { items: items.map(answerOf), next };
  }

  /** Versions are compared with the order of their ecosystem, never by the database. */
  private async inRange({ purl, versions }: ComponentQuery): Promise<readonly string[]> {
    const package_ = purl === undefined ? undefined : canonicalPurl(purl);
    if (package_ === undefined)
      throw new Problem(400, 'invalid', 'a range of versions needs the package: give purl', [{ pointer: '/purl', detail: 'is missing' }]);
    const found = await this.database.rows<{ id: string; version: string }>(
      'select v.id, v.version from component_version v join package p on p.id = v.package_id where p.purl = $1 order by v.id limit $2',
      [package_, mostCompared],
    );
    const within = found.map(({ id, version }) => ({ id, inside: inVers(versions!, version) }));
    if (within.some(({ inside }) => inside === undefined))
      throw new Problem(400, 'invalid', 'versions is no VERS range that we can compare', [
        { pointer: '/versions', detail: 'write vers:npm/>=1.0.0|<2.0.0' },
      ]);
    return within.filter(({ inside }) => inside === true).map(({ id }) => id);
  }
}

function addPurl(filter: SqlFilter, purl: string | undefined): void {
  if (purl === undefined) return;
  const canonical = canonicalPurl(purl);
  if (canonical === undefined)
    throw new Problem(400, 'invalid', 'purl is no package URL', [{ pointer: '/purl', detail: 'is no package URL' }]);
  const placeholder = filter.param(canonical);
  filter.and(`(v.purl = ${placeholder} or p.purl = ${placeholder})`);
}

function answerOf({ purl, ecosystem, name, version, licence, advisories, places }: Row): ComponentAnswer {
  return { purl, ecosystem, name, version, ...(licence !== null && { licence }), advisories, places };
}
