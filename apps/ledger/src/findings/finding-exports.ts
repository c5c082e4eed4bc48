import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FindingExportFormat, FindingQuery } from '@throughline/contracts';
import { findingFormats, type FindingWriter } from '@throughline/findings';
import { Database, plannedAnew, Problem, ServiceConfig, type Identity, type SqlFilter } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { answerOf, findingColumns, findingJoins, type FindingRow } from './finding-answer.ts';
import { findingFilter } from './finding-filter.ts';

/** A file on its way to whoever asked for it. */
export interface OutgoingExport {
  readonly name: string;
  readonly contentType: string;
  readonly body: Readable | Buffer;
}

/** Read by one statement each: an export holds no transaction open. */
const pageSize = 2_000;
/** Written at once. What is short-lived costs no memory: a page lies here as text, and its findings come into being a few at a time. */
const partSize = 100;

/** A finding of a page, as its row in JSON. */
interface Line {
  readonly repository: string;
  readonly number: string;
  readonly row: string;
}

const types = { repository: 'text', number: 'bigint' } as const;

/** What is exported, and in which order: one that is unlike that of the table reads its pages all over the disk. */
interface Asked {
  readonly filter: SqlFilter;
  readonly keys: readonly (keyof typeof types)[];
}

/**
 * Findings as files, page by page: of a million no more than two pages are in memory. What was found after it began is not in it.
 */
@Injectable()
export class FindingExports {
  constructor(
    private readonly database: Database,
    private readonly config: ServiceConfig,
  ) {}

  /** Throws `Problem` 400 for what cannot be read, before anything is sent. */
  async open(query: FindingQuery, name: FindingExportFormat, caller: Identity): Promise<OutgoingExport> {
    refusePaging(query);
    const format = findingFormats[name];
    const at = new Date().toISOString();
    const filter = findingFilter(query, caller);
    const [newest] = await this.database.rows<{ number: string }>('select coalesce(max(number), 0)::text as number from finding');
    filter.and(`f.number <= ${filter.param(newest!.number)}::bigint`);
    const filters = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]));
    const asked: Asked = { filter, keys: format.byRepository === true ? ['repository', 'number'] : ['number'] };
    const first = await this.page(asked, undefined);
    return {
      name: exportName('findings', at, format.extension),
      contentType: format.contentType,
      body: Readable.from(this.written(format.open({ at, filter: filters }), asked, first), { objectMode: false }),
    };
  }

  private async *written(writer: FindingWriter, asked: Asked, first: readonly Line[]): AsyncGenerator<string> {
    yield writer.begin();
    for (let page = first; page.length > 0;) {
      // It is read while this one is written and sent; whoever breaks off does not wait for it.
      const next = page.length < pageSize ? Promise.resolve([]) : this.page(asked, page.at(-1));
      next.catch(() => undefined);
      for (const part of chunksOf(page, partSize)) yield writer.page(part.map(({ row }) => answerOf(rowOf(row), this.config.linkBase)));
      page = await next;
    }
    yield writer.end();
  }

  /** The page after a finding. */
  private page({ filter, keys }: Asked, after: Line | undefined): Promise<Line[]> {
    const params = [...filter.params];
    const [row, last] = [
      keys.map((key) => `f.${key}`).join(', '),
      after && keys.map((key) => `$${params.push(after[key])}::${types[key]}`),
    ];
    const beyond = last ? ` and (${row}) > (${last.join(', ')})` : '';
    return this.database.rows<Line>(
      `${plannedAnew} with listed as materialized (
         select f.number from finding f where ${filter.where}${beyond} order by ${row} limit ${pageSize})
       select f.repository, f.number, row_to_json(f)::text as row from (
         select ${findingColumns} from listed join finding f on f.number = listed.number ${findingJoins}) as f
       order by ${row}`,
      params,
    );
  }
}

type Written<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] };

/** What JSON made texts of are times again. */
function rowOf(json: string): FindingRow {
  const row = JSON.parse(json) as Written<FindingRow>;
  const { due, pausedSince, firstSeen, lastSeen, waivedUntil } = row;
  return {
    ...row,
    ...{ due: new Date(due), firstSeen: new Date(firstSeen), lastSeen: new Date(lastSeen) },
    pausedSince: pausedSince === null ? null : new Date(pausedSince),
    waivedUntil: waivedUntil === null ? null : new Date(waivedUntil),
  };
}

/** What it is, when it was made, in which form. */
export function exportName(what: string, at: string, extension: string): string {
  return `${what}-${at.slice(0, 19).replaceAll(/[-:]/g, '')}Z.${extension}`;
}

/** Throws `Problem` 400 for what would make an export less than all that the filters find. */
export function refusePaging(query: FindingQuery): void {
  for (const parameter of ['cursor', 'limit', 'sort'] as const) {
    if (query[parameter] !== undefined)
      throw new Problem(400, 'invalid', `an export has no ${parameter}: it is all that the filters find`, [
        { pointer: `/${parameter}`, detail: 'is not for exports' },
      ]);
  }
}
