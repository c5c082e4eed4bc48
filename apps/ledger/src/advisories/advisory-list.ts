import { Injectable } from '@nestjs/common';
import type {
  AdvisoryDetail,
  AdvisoryPackage,
  AdvisoryQuery,
  AdvisoryStatement,
  AdvisorySummary,
  Exploitation,
  Page,
  Severity,
} from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, SqlFilter, withoutNulls } from '@throughline/service';
import { canonicalName, type OsvAffected } from '@throughline/versions';
import { addWanted, wantedIn } from '../wanted.ts';
import { exploitationOf } from './exploitation.ts';

interface Row {
  readonly number: string;
  readonly id: string;
  readonly feed: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly severityKnown: boolean;
  readonly cvss: number | null;
  readonly published: Date | null;
  readonly modified: Date;
  readonly withdrawn: Date | null;
  readonly retracted: Date | null;
  readonly components: number;
}

interface DetailRow extends Row {
  readonly details: string;
  readonly cvssVector: string | null;
  readonly cve: string | null;
  readonly aliases: string[];
  readonly kev: boolean;
  readonly exploitation: Exploitation;
  readonly kevFeed: string | null;
  readonly kevAdded: string | null;
  readonly kevDue: string | null;
  readonly ransomware: boolean | null;
  readonly epss: number | null;
  readonly epssModel: string | null;
  readonly epssDate: string | null;
  readonly because: string | null;
}

const columns = `a.id as number, a.osv_id as id, a.feed, a.summary, a.severity, a.severity_known as "severityKnown", a.cvss,
  a.published_at as published, a.modified_at as modified, a.withdrawn_at as withdrawn, a.retracted_at as retracted,
  (select count(*)::int from affected where advisory_id = a.id and not "unknown") as components`;

/** The newest statement stands for all that feeds say under one id, or else under an alias; one that still stands comes first. */
const detail = `
  select ${columns}, a.details, a.cvss_vector as "cvssVector", g.cve, i.kev_added is not null as kev, i.epss, i.epss_model as "epssModel",
    i.epss_date::text as "epssDate", ${exploitationOf('g.cve')} as exploitation, i.kev_feed as "kevFeed", i.kev_added::text as "kevAdded",
    i.kev_due::text as "kevDue", i.kev_ransomware as ransomware, a.retracted_because as because,
    array(select name from advisory_name n where n.advisory_id = a.id and n.name <> a.osv_id order by name) as aliases
  from advisory a
  left join lateral (
    select cve from advisory_group_member m join advisory_group g on g.id = m.group_id where m.advisory_id = a.id order by cve nulls last limit 1
  ) g on true
  left join intel i on i.cve = g.cve
  where a.osv_id = $1 or (
    not exists (select 1 from advisory own where own.osv_id = $1) and a.id in (select advisory_id from advisory_name where name = $1)
  )
  order by (a.withdrawn_at is null and a.retracted_at is null) desc, a.modified_at desc, a.id`;

/** Advisories to read. */
@Injectable()
export class AdvisoryList {
  constructor(private readonly database: Database) {}

  async page(query: AdvisoryQuery): Promise<Page<AdvisorySummary>> {
    const filter = new SqlFilter();
    const severity = wantedIn(query.severity);
    if (severity) addWanted(filter, 'a.severity', 'text', severity);
    const feed = wantedIn(query.feed);
    if (feed) addWanted(filter, 'a.feed', 'text', feed);
    if (query.ecosystem !== undefined || query.package !== undefined) filter.and(aboutPackage(filter, query));
    if (query.inUse) filter.and(`${query.inUse === 'true' ? '' : 'not '}exists (select 1 from affected where advisory_id = a.id)`);
    const cursor = decodeCursor(query.cursor, 2);
    if (cursor) filter.and(`(a.modified_at, a.id) < (${filter.param(cursor[0])}::timestamptz, ${filter.param(cursor[1])}::bigint)`);
    const found = await this.database.rows<Row & { sortValue: string }>(
      `select ${columns}, a.modified_at::text as "sortValue" from advisory a where ${filter.where}
       order by a.modified_at desc, a.id desc limit ${(query.limit ?? defaultLimit) + 1}`,
      filter.params,
    );
    const { items, next } = pageOf(found, query.limit, ({ sortValue, number }) => [sortValue, number]);
    return { items: items.map(summaryOf), next };
  }

  async read(id: string): Promise<AdvisoryDetail> {
    const statements = await this.database.rows<DetailRow>(detail, [id]);
    const [first] = statements;
    if (!first) throw new Problem(404, 'not_found', `no feed has an advisory ${id.slice(0, 128)}`);
    return {
      ...summaryOf(first),
      details: first.details,
      ...(first.cvssVector !== null && { cvssVector: first.cvssVector }),
      ...(first.cve !== null && { cve: first.cve }),
      aliases: first.aliases,
      feeds: [...new Set(statements.map(({ feed }) => feed))],
      packages: await this.packages(first.number),
      kev: first.kev,
      ...enrichmentOf(first),
      statements: statements.slice(0, 20).map(statementOf),
    };
  }

  private async packages(advisory: string): Promise<AdvisoryPackage[]> {
    const found = await this.database.rows<{ ecosystem: string; name: string; entries: string }>(
      'select ecosystem, name, entries from advisory_package where advisory_id = $1 order by ecosystem, name limit 200',
      [advisory],
    );
    return found.map(({ ecosystem, name, entries }) => ({ ecosystem, name, fixed: fixedIn(JSON.parse(entries) as OsvAffected[]) }));
  }
}

function aboutPackage(filter: SqlFilter, query: AdvisoryQuery): string {
  const conditions = ['p.advisory_id = a.id'];
  if (query.ecosystem !== undefined) conditions.push(`p.ecosystem = ${filter.param(query.ecosystem)}`);
  if (query.package !== undefined) conditions.push(`p.name = ${filter.param(canonicalName(query.ecosystem ?? '', query.package))}`);
  return `exists (select 1 from advisory_package p where ${conditions.join(' and ')})`;
}

function summaryOf(row: Row): AdvisorySummary {
  const { id, feed, summary, severity, severityKnown, cvss, published, modified, withdrawn, retracted, components } = row;
  return {
    id,
    feed,
    summary,
    severity,
    severityKnown,
    ...(cvss !== null && { cvss }),
    ...(published && { published: published.toISOString() }),
    modified: modified.toISOString(),
    ...(withdrawn && { withdrawn: withdrawn.toISOString() }),
    ...(retracted && { retracted: retracted.toISOString() }),
    components,
  };
}

function enrichmentOf(row: DetailRow): Pick<AdvisoryDetail, 'exploitation' | 'listed' | 'epss' | 'epssBy'> {
  const { exploitation, kevFeed, kevAdded, kevDue, ransomware, epss, epssModel, epssDate } = row;
  const listed = kevAdded !== null && {
    listed: { feed: kevFeed ?? 'kev', added: kevAdded, ransomware: ransomware ?? false, ...withoutNulls({ due: kevDue }) },
  };
  return {
    exploitation,
    ...listed,
    ...(epss !== null && { epss, epssBy: withoutNulls({ model: epssModel, date: epssDate }) }),
  };
}

function statementOf({ feed, id, modified, withdrawn, retracted, because }: DetailRow): AdvisoryStatement {
  return {
    feed,
    id,
    modified: modified.toISOString(),
    ...(withdrawn && { withdrawn: withdrawn.toISOString() }),
    ...(retracted && { retracted: retracted.toISOString(), ...withoutNulls({ because }) }),
  };
}

function fixedIn(entries: readonly OsvAffected[]): string[] {
  const fixed = entries
    .flatMap(({ ranges = [] }) => ranges)
    .flatMap(({ type, events }) => (type === 'GIT' ? [] : events.flatMap((event) => event.fixed ?? [])));
  return [...new Set(fixed)].slice(0, 50);
}
