import { Injectable } from '@nestjs/common';
import type { Page, Scan, ScanQuery } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, SqlFilter, visibleTo, withoutNulls, type Identity } from '@throughline/service';
import { repositoryOf } from '../reports/upload-subject.ts';

type Row = { readonly [K in keyof Scan]: Scan[K] | null };

const select = `
  select i.id, p.repository, p.commit_id as commit, r.ref, o.application, i.seq, i.tool, i.tool_version as "toolVersion", i.finds,
    i.state as status, i.reason, r.baseline, i.attempts, i.sandbox, i.cached, i.findings, i.components, i.report,
    i.duration_ms as "durationMs", to_char(i.planned_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "plannedAt",
    to_char(i.finished_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "finishedAt"
  from evidence_item i
    join plan p on p.id = i.plan_id
    join evidence_request r on r.id = i.request_id
    join repository o on o.id = p.repository`;

/** Runs, planned and done, the latest first. */
@Injectable()
export class ScanList {
  constructor(private readonly database: Database) {}

  async page(query: ScanQuery, caller: Identity): Promise<Page<Scan>> {
    const filter = new SqlFilter();
    filter.and(visibleTo(caller, 'o.application', filter.params));
    filter.narrow('p.repository = ?', query.repository === undefined ? undefined : repositoryOf(query.repository));
    filter.narrow('p.commit_id = ?', query.commit);
    filter.narrow('i.id < ?::uuid', decodeCursor(query.cursor, 1)?.[0]);
    const limit = filter.param((query.limit ?? defaultLimit) + 1);
    const found = await this.database.rows<Row>(`${select} where ${filter.where} order by i.id desc limit ${limit}`, filter.params);
    return pageOf(
      found.map((row) => withoutNulls(row) as Scan),
      query.limit,
      (scan) => [scan.id],
    );
  }
}
