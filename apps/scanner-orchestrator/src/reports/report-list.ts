import { Injectable } from '@nestjs/common';
import type { Page, Report, ReportQuery } from '@throughline/contracts';
import {
  Database,
  decodeCursor,
  defaultLimit,
  pageOf,
  Problem,
  SqlFilter,
  visibleTo,
  withoutNulls,
  type Identity,
} from '@throughline/service';
import { repositoryOf } from './upload-subject.ts';

interface Row {
  readonly id: string;
  readonly about: string;
  readonly rejected: string;
  readonly accepted: number | null;
  readonly parked: Report['parked'] | null;
  readonly [field: string]: unknown;
}

const time = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const select = `
  select u.id, u.state as status, u.format, u.tool, p.repository, p.commit_id as commit, u.line as ref, u.pull_request as "pullRequest",
    o.application, u.seq, u.assurance, u.change_only as "changeOnly", u.complete, u.about, u.bytes::float8 as bytes, u.accepted, u.rejected, u.unread, u.opened, u.unchanged,
    u.resolved, u.reopened, u.failure, u.same_as as "sameAs", u.principal_name as "uploadedBy", u.confirmed_by as "confirmedBy",
    case when u.state = 'parked' then json_build_object('wouldResolve', u.parked_resolves, 'open', u.parked_open) end as parked,
    ${time('u.created_at')} as "createdAt", ${time('u.finished_at')} as "finishedAt"
  from uploaded_report u join plan p on p.id = u.plan_id join repository o on o.id = p.repository`;

/** Uploaded reports, the latest first; of other teams' none. */
@Injectable()
export class ReportList {
  constructor(private readonly database: Database) {}

  async page(query: ReportQuery, caller: Identity): Promise<Page<Report>> {
    const filter = new SqlFilter();
    filter.and(visibleTo(caller, 'o.application', filter.params));
    filter.narrow('p.repository = ?', query.repository === undefined ? undefined : repositoryOf(query.repository));
    filter.narrow('p.commit_id = ?', query.commit);
    filter.narrow('u.state = ?', query.status);
    filter.narrow('u.tool = ?', query.tool);
    filter.narrow('u.format = ?', query.format);
    filter.narrow('u.id < ?::uuid', decodeCursor(query.cursor, 1)?.[0]);
    const limit = filter.param((query.limit ?? defaultLimit) + 1);
    const found = await this.database.rows<Row>(`${select} where ${filter.where} order by u.id desc limit ${limit}`, filter.params);
    return pageOf(found.map(answerOf), query.limit, ({ id }) => [id]);
  }

  async read(id: string, caller: Identity): Promise<Report> {
    const params: unknown[] = [id];
    const visible = visibleTo(caller, 'o.application', params);
    const [row] = await this.database.rows<Row>(`${select} where u.id::text = $1 and ${visible}`, params);
    if (!row || (caller.bound && row['repository'] !== caller.bound.repository))
      throw new Problem(404, 'not_found', 'there is no such report');
    return answerOf(row);
  }
}

function answerOf({ about, rejected, accepted, ...row }: Row): Report {
  const refused = JSON.parse(rejected) as Report['rejected'];
  const fields = { ...row, ...(JSON.parse(about) as object), accepted, reported: accepted === null ? null : accepted + refused.length };
  return { ...withoutNulls(fields), rejected: refused } as unknown as Report;
}
