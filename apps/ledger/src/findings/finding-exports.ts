import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FindingExportQuery } from '@throughline/contracts';
import { findingFormats, type FindingWriter } from '@throughline/findings';
import { Database, plannedAnew, Problem, ServiceConfig, type Identity, type SqlFilter } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { answerOf, findingColumns, findingJoins, type FindingRow } from './finding-answer.ts';
import { findingFilter } from './finding-filter.ts';

/** A file on its way to whoever asked for it. */
export interface OutgoingExport {
  readonly name: string;
  readonly mediaType: string;
  readonly body: Readable;
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

/**
 * Findings as files, page by page in the order of their repositories: of a million no more than a page is in memory. What was found
 * after it began is not in it.
 */
@Injectable()
export class FindingExports {
  constructor(
    private readonly database: Database,
    private readonly config: ServiceConfig,
  ) {}

  /** Throws `Problem` 400 for what cannot be read, before anything is sent. */
  async open({ format: name, ...query }: FindingExportQuery, caller: Identity): Promise<OutgoingExport> {
    for (const parameter of ['cursor', 'limit', 'sort'] as const) {
      if (query[parameter] !== undefined)
        throw new Problem(400, 'invalid', `an export has no ${parameter}: it is all that the filters find`, [
          { pointer: `/${parameter}`, detail: 'is not for exports' },
        ]);
    }
    const format = findingFormats.get(name)!;
    const at = new Date().toISOString();
    const filter = findingFilter(query, caller);
    const [newest] = await this.database.rows<{ number: string }>('select coalesce(max(number), 0)::text as number from finding');
    filter.and(`f.number <= ${filter.param(newest!.number)}::bigint`);
    const asked = Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]));
    const first = await this.page(filter, undefined);
    return {
      name: `findings-${at.slice(0, 19).replaceAll(/[-:]/g, '')}Z.${format.extension}`,
      mediaType: format.mediaType,
      body: Readable.from(this.written(format.open({ at, filter: asked }), filter, first), { objectMode: false }),
    };
  }

  private async *written(writer: FindingWriter, filter: SqlFilter, first: readonly Line[]): AsyncGenerator<string> {
    yield writer.begin();
    for (let page = first; page.length > 0;) {
      // It is read while this one is written and sent; whoever breaks off does not wait for it.
      const next = page.length < pageSize ? Promise.resolve([]) : this.page(filter, page.at(-1));
      next.catch(() => undefined);
      for (const part of chunksOf(page, partSize)) yield writer.page(part.map(({ row }) => answerOf(rowOf(row), this.config.linkBase)));
      page = await next;
    }
    yield writer.end();
  }

  /** The page after a finding. */
  private page(filter: SqlFilter, after: Line | undefined): Promise<Line[]> {
    const params = [...filter.params, ...(after ? [after.repository, after.number] : [])];
    const beyond = after ? ` and (f.repository, f.number) > ($${params.length - 1}::text, $${params.length}::bigint)` : '';
    return this.database.rows<Line>(
      `${plannedAnew} with listed as materialized (
         select f.number from finding f where ${filter.where}${beyond} order by f.repository, f.number limit ${pageSize})
       select shown.repository, shown.number, row_to_json(shown)::text as row from (
         select ${findingColumns} from listed join finding f on f.number = listed.number ${findingJoins}) as shown
       order by shown.repository, shown.number`,
      params,
    );
  }
}

type Written<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] };

/** What JSON made texts of are times again. */
function rowOf(json: string): FindingRow {
  const row = JSON.parse(json) as Written<FindingRow>;
  const { due, firstSeen, lastSeen, waivedUntil } = row;
  return {
    ...row,
    ...{ due: new Date(due), firstSeen: new Date(firstSeen), lastSeen: new Date(lastSeen) },
    waivedUntil: waivedUntil === null ? null : new Date(waivedUntil),
  };
}
