import { Injectable } from '@nestjs/common';
import type { FindingAnswer, FindingClass, FindingCount, FindingQuery, Page } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, ServiceConfig, type Identity } from '@throughline/service';
import { findingFilter } from './finding-filter.ts';
import { answerOf, findingColumns, findingJoins, type FindingRow } from './finding-answer.ts';
import { severityAt } from './severity-weight.ts';

/** What a list can be ordered by; all have an index within an application. */
const sorts = {
  risk: { column: 'f.risk', type: 'real' },
  due: { column: 'f.due', type: 'timestamptz' },
  severity: { column: 'f.severity', type: 'smallint' },
  firstSeen: { column: 'f.first_seen', type: 'timestamptz' },
  lastSeen: { column: 'f.last_seen', type: 'timestamptz' },
} as const;

const mostCounted = 10_001;

/** Findings by filter, page by page. */
@Injectable()
export class FindingList {
  constructor(
    private readonly database: Database,
    private readonly config: ServiceConfig,
  ) {}

  async page(query: FindingQuery, caller: Identity): Promise<Page<FindingAnswer> & { total?: number }> {
    const sort = query.sort ?? '-risk';
    const { column, type } = sorts[sort.replace('-', '') as keyof typeof sorts];
    const direction = sort.startsWith('-') ? 'desc' : 'asc';
    const filter = findingFilter(query, caller);
    const total = query.cursor === undefined ? await this.count(filter.where, filter.params) : undefined;
    const cursor = decodeCursor(query.cursor, 2);
    if (cursor) {
      const [value, number] = [filter.param(cursor[0]), filter.param(cursor[1])];
      filter.and(`(${column}, f.number) ${direction === 'desc' ? '<' : '>'} (${value}::${type}, ${number}::bigint)`);
    }
    const found = await this.database.rows<FindingRow & { sortValue: string }>(
      `select ${findingColumns}, ${column}::text as "sortValue" from finding f ${findingJoins}
       where ${filter.where} order by ${column} ${direction}, f.number ${direction} limit ${(query.limit ?? defaultLimit) + 1}`,
      filter.params,
    );
    const { items, next } = pageOf(found, query.limit, ({ sortValue, number }) => [sortValue, number]);
    return { items: items.map((row) => answerOf(row, this.config.linkBase)), next, ...(total !== undefined && { total }) };
  }

  /** How many there are of each class and severity. */
  async counts(query: FindingQuery, caller: Identity): Promise<FindingCount[]> {
    const { where, params } = findingFilter(query, caller);
    const counted = await this.database.rows<{ class: FindingClass; severity: number; count: number }>(
      `select f.class, f.severity, count(*)::int as count from finding f where ${where} group by 1, 2 order by f.severity desc, f.class`,
      params,
    );
    return counted.map((row) => ({ ...row, severity: severityAt(row.severity) }));
  }

  /** At most 10,001: more is not counted. */
  private async count(where: string, params: readonly unknown[]): Promise<number> {
    const sql = `select count(*)::int as total from (select 1 from finding f where ${where} limit ${mostCounted}) as counted`;
    return (await this.database.rows<{ total: number }>(sql, params))[0]!.total;
  }
}
