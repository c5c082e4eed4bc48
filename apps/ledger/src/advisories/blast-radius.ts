import { Injectable } from '@nestjs/common';
import type { BlastRadiusAnswer, BlastRadiusQuery, BlastRadiusRepository } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, plannedAnew, Problem, visibleTo, type Identity } from '@throughline/service';

interface Counts {
  readonly aliases: string[];
  readonly components: number;
}

interface Owned {
  readonly total: number;
  readonly owners: string[];
}

/** Versions that the advisory, or another one of its groups, affects. */
const versions = `
  select distinct f.component_version_id as id, a.demo from advisory a
  join advisory_group_member own on own.advisory_id = a.id
  join advisory_group_member m on m.group_id = own.group_id
  join affected f on f.advisory_id = m.advisory_id and not f."unknown"
  where a.osv_id = $1`;

/** Where they are locked today: in the reports of heads. The demo's advisories touch the demo only, and nobody else does. */
const touched = `
  select h.repository, h.line, v.purl, coalesce(r.application, 'unassigned') as application
  from (${versions}) as hit
  join component_version v on v.id = hit.id
  join occurrence o on o.component_version_id = hit.id
  join head h on h.report_id = o.report_id
  left join repository r on r.id = h.repository
  where coalesce(r.demo, false) = hit.demo`;

/** What an advisory touches, without scanning anything. Some packages are in a few places, others in tens of thousands. */
@Injectable()
export class BlastRadius {
  constructor(private readonly database: Database) {}

  async of(id: string, query: BlastRadiusQuery, caller: Identity): Promise<BlastRadiusAnswer> {
    const { aliases, components } = await this.counts(id);
    const params: unknown[] = [id];
    const visible = visibleTo(caller, 't.application', params);
    const { total, owners } = await this.owned(visible, params);
    const { items, next } = await this.repositories(visible, params, query);
    return {
      advisory: id,
      aliases,
      components,
      repositoriesTotal: total,
      repositories: [...items],
      next,
      artifacts: [],
      workloads: [],
      owners,
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
      `${plannedAnew} select count(distinct t.repository)::int as total,
         coalesce((array_agg(distinct coalesce(a.owners[1], 'unowned')))[1:100], '{}') as owners
       from (${touched}) as t left join application a on a.name = t.application where ${visible}`,
      params,
    );
    return owned!;
  }

  private async repositories(
    visible: string,
    given: readonly unknown[],
    query: BlastRadiusQuery,
  ): Promise<{ items: readonly BlastRadiusRepository[]; next: string | null }> {
    const [after] = decodeCursor(query.cursor, 1) ?? [''];
    const params = [...given, after, (query.limit ?? defaultLimit) + 1];
    const found = await this.database.rows<BlastRadiusRepository>(
      `${plannedAnew} select t.repository, t.application, coalesce(max(a.owners[1]), 'unowned') as owner,
         (array_agg(distinct t.line))[1:20] as lines, (array_agg(distinct t.purl))[1:20] as purls,
         array(select f.id::text from finding f join advisory_group_member m on m.group_id = f.group_id join advisory x on x.id = m.advisory_id
               where x.osv_id = $1 and f.repository = t.repository and f.alias_of is null order by f.id limit 20) as findings
       from (${touched}) as t left join application a on a.name = t.application
       where ${visible} and t.repository > $${params.length - 1} group by t.repository, t.application order by t.repository limit $${params.length}`,
      params,
    );
    return pageOf(found, query.limit, ({ repository }) => [repository]);
  }
}
