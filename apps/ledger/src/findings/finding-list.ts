import { Injectable } from '@nestjs/common';
import {
  detections,
  severities,
  type Detection,
  type FindingAnswer,
  type FindingClass,
  type FindingCount,
  type FindingQuery,
  type Page,
} from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, plannedAnew, ServiceConfig, type Identity, SqlFilter } from '@throughline/service';
import { wantedIn } from '../wanted.ts';
import { findingFilter } from './finding-filter.ts';
import { answerOf, findingColumns, findingJoins, type FindingRow } from './finding-answer.ts';
import { severityAt, weightOf } from './severity-weight.ts';

/** What a list can be ordered by; each has an index. */
const sorts = {
  risk: { column: 'f.risk', type: 'real' },
  due: { column: 'f.due', type: 'timestamptz' },
  severity: { column: 'f.severity', type: 'smallint' },
  firstSeen: { column: 'f.first_seen', type: 'timestamptz' },
  lastSeen: { column: 'seen.last_seen', type: 'timestamptz' },
} as const;

/** More are not counted, and not put in order: they are looked at in order until a page is full. */
const mostSorted = 10_000;

/** An order of a list, as statements take it. */
interface Order {
  /** Joins the table of the column, where that is another one. */
  readonly join: string;
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

interface Asked {
  readonly filter: SqlFilter;
  readonly order: Order;
  /** Of the last one of the page before: its value and number, as parameters. */
  readonly after?: string;
  /** First seen since then. */
  readonly since: string | undefined;
  readonly limit: number;
  /** Conditions that part what is looked through in order. */
  readonly parts: readonly string[];
}

/** Findings by filter, page by page. */
@Injectable()
export class FindingList {
  constructor(
    private readonly database: Database,
    private readonly config: ServiceConfig,
  ) {}

  async page(query: FindingQuery, caller: Identity): Promise<Page<FindingAnswer> & { total?: number }> {
    const asked = askedBy(query, caller);
    const { found, numbers } = await this.sorted(asked);
    const listed = await this.rowsOf(found > mostSorted ? await this.inOrder(asked) : numbers, asked.order);
    const { items, next } = pageOf(listed, query.limit, ({ sortValue, number }) => [sortValue, number]);
    const total = query.cursor === undefined ? found : undefined;
    return { items: items.map((row) => answerOf(row, this.config.linkBase)), next, ...(total !== undefined && { total }) };
  }

  /** How many there are, and the page of them unless they are too many to be put in order. */
  private async sorted({ filter, order: { join, column, direction }, after, limit }: Asked): Promise<{ found: number; numbers: string[] }> {
    const value = join === '' ? 'f.value' : column;
    const [answer] = await this.database.rows<{ found: number; numbers: string[] }>(
      `${plannedAnew} with matched as materialized (select f.number${join === '' ? `, ${column} as value` : ''} from finding f where ${filter.where} limit ${mostSorted + 1}),
       counted as (select count(*)::int as found from matched)
       select found, array(select f.number::text from ${join === '' ? 'matched f' : `matched f ${join}`} where found <= ${mostSorted}${after === undefined ? '' : ` and (${value}, f.number) ${after}`}
         order by ${value} ${direction}, f.number ${direction} limit ${limit}) as numbers from counted`,
      filter.params,
    );
    return answer!;
  }

  /** Along the index of the order, in each part of it. */
  private async inOrder({ filter, order: { join, column, direction }, after, since, limit, parts }: Asked): Promise<string[]> {
    const own = new SqlFilter([...filter.params]);
    own.and(filter.where);
    if (after !== undefined) own.and(`(${column}, f.number) ${after}`);
    // Nothing was seen last before it was seen first.
    if (join !== '') own.narrow(`${column} >= ?::timestamptz`, since);
    const part = (condition: string): string =>
      `(select f.number, ${column} as value from finding f ${join} where ${own.where} and ${condition}
        order by ${column} ${direction}, f.number ${direction} limit ${limit})`;
    const found = await this.database.rows<{ number: string }>(
      `${plannedAnew} select listed.number::text as number from (${parts.map(part).join(' union all ')}) as listed
       order by value ${direction}, listed.number ${direction} limit ${limit}`,
      own.params,
    );
    return found.map(({ number }) => number);
  }

  private async rowsOf(numbers: readonly string[], { column }: Order): Promise<(FindingRow & { sortValue: string })[]> {
    if (numbers.length === 0) return [];
    return this.database.rows<FindingRow & { sortValue: string }>(
      `select ${findingColumns}, ${column}::text as "sortValue"
       from unnest($1::bigint[]) with ordinality as listed (number, place) join finding f on f.number = listed.number ${findingJoins}
       order by listed.place`,
      [numbers],
    );
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
}

function askedBy(query: FindingQuery, caller: Identity): Asked {
  const sort = query.sort ?? '-risk';
  const descending = sort.startsWith('-');
  const name = sort.replace('-', '') as keyof typeof sorts;
  const filter = findingFilter(query, caller);
  const { column, type } = sorts[name];
  const cursor = decodeCursor(query.cursor, 2);
  const after = cursor && `${descending ? '<' : '>'} (${filter.param(cursor[0])}::${type}, ${filter.param(cursor[1])}::bigint)`;
  return {
    filter,
    order: {
      join: name === 'lastSeen' ? 'join finding_seen seen on seen.finding_number = f.number' : '',
      column,
      direction: descending ? 'desc' : 'asc',
    },
    ...(after !== undefined && { after }),
    limit: (query.limit ?? defaultLimit) + 1,
    since: query.firstSeen,
    parts: partsOf(name, query),
  };
}

/**
 * Risk and due date follow the severity, and when something was seen last follows whether it is open: what is rare at one end
 * of the order would be looked for behind all others. These orders have indexes that begin with what they follow.
 */
function partsOf(sort: keyof typeof sorts, query: FindingQuery): readonly string[] {
  if (sort === 'lastSeen') return detectionsOf(query).map((detection) => `seen.detection = '${detection}'`);
  if (query.severity === undefined || (sort !== 'risk' && sort !== 'due')) return ['true'];
  return severities.map((severity) => `f.severity = ${weightOf(severity)}`);
}

/** Those that what is asked for can have over all lines. */
function detectionsOf({ detection, branch, overdue }: FindingQuery): readonly Detection[] {
  const asked = branch === undefined || detection === 'open' ? wantedIn(detection) : undefined;
  return detections.filter((one) => {
    if (overdue === 'true' && one !== 'open' && one !== 'not_evaluated') return false;
    if (!asked) return true;
    return asked.none.length === 0 ? asked.some.includes(one) : !asked.none.includes(one);
  });
}
