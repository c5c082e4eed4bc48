import { Injectable } from '@nestjs/common';
import { comparablePremise, type WaiverEnding, type WaiverEvent, type WaiverState } from '@throughline/contracts';
import { rows, SqlFilter, type Identity, type Tx } from '@throughline/service';
import type { WaiverContent } from './waiver-content.ts';

/** A waiver as it is kept. */
export interface WaiverRow {
  readonly id: string;
  readonly number: string;
  readonly application: string;
  readonly repository: string | null;
  readonly state: WaiverState;
  readonly content: WaiverContent;
  readonly digest: string;
  readonly revision: number;
  /** Lines of its repository that are gone: it covers nothing for them. */
  readonly gone: readonly string[];
  readonly until: Date;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly writers: readonly string[];
  readonly addresses: readonly string[];
  readonly approver: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly endedBecause: WaiverEnding | null;
  readonly endedBy: string | null;
  readonly endedNote: string | null;
  readonly endedAt: Date | null;
}

/** Something that happened to a waiver, as it is kept. */
export interface WaiverEventRow {
  readonly at: Date;
  readonly kind: WaiverEvent['kind'];
  readonly by: string;
  readonly digest: string;
  readonly note: string | null;
}

/** Why a waiver ends, and who says so. */
export interface Ending {
  readonly because: WaiverEnding;
  readonly by: string;
  readonly note?: string;
}

/** What a list of waivers is narrowed to. */
export interface WaiverFilter {
  readonly state?: WaiverState;
  readonly application?: string;
  readonly repository?: string;
  readonly repositoryApplication?: string;
  readonly finding?: string;
  readonly cve?: string;
  readonly decision?: string;
  readonly premise?: string;
  readonly origin?: 'repository' | 'person';
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
}

interface Row extends Omit<WaiverRow, 'content'> {
  readonly content: string;
}

const columns = `id, number, application, repository, state, content, digest, revision, gone, until, requested_by as "requestedBy",
  requested_at as "requestedAt", writers, addresses, approver, approved_by as "approvedBy", approved_at as "approvedAt",
  ended_because as "endedBecause", ended_by as "endedBy", ended_note as "endedNote", ended_at as "endedAt"`;

/** Of those that lines of a repository ask for, also what nobody has approved: policies say whether that counts. */
const holds = `(state = 'granted' or state = 'requested' and origin) and until > clock_timestamp() and (repository is null or repository = $1)
  and application in ('*', coalesce((select application from application_repository where repository = $1),
    (select application from repository where id = $1), 'unassigned'))`;

@Injectable()
export class WaiverRows {
  async insert(tx: Tx, row: Pick<WaiverRow, 'id' | 'content' | 'digest' | 'requestedBy' | 'writers' | 'addresses'>): Promise<void> {
    await rows(
      tx,
      `insert into waiver (id, state, digest, requested_by, writers, addresses, ${contentColumns.join(', ')})
       values ($1, 'requested', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [row.id, row.digest, row.requestedBy, row.writers, row.addresses, ...contentValues(row.content)],
    );
  }

  /** Other content waits for its own approval, whatever was granted before. */
  rewrite(tx: Tx, row: Pick<WaiverRow, 'id' | 'content' | 'digest' | 'writers' | 'addresses'>): Promise<WaiverRow> {
    const content = contentColumns.map((column, index) => `${column} = $${index + 5}`).join(', ');
    const set = `digest = $2, writers = $3, addresses = $4, ${content}, state = 'requested',
      approver = null, approved_by = null, approved_at = null`;
    return this.changed(tx, set, [row.id, row.digest, row.writers, row.addresses, ...contentValues(row.content)]);
  }

  grant(tx: Tx, id: string, approver: { readonly id: string; readonly name: string }): Promise<WaiverRow> {
    const set = `state = 'granted', approver = $2, approved_by = $3, approved_at = clock_timestamp()`;
    return this.changed(tx, set, [id, approver.id, approver.name]);
  }

  end(tx: Tx, id: string, end: Ending): Promise<WaiverRow> {
    const set = `state = 'ended', ended_because = $2, ended_by = $3, ended_note = $4, ended_at = clock_timestamp()`;
    return this.changed(tx, set, [id, end.because, end.by, end.note ?? null]);
  }

  /** By id, or by label. */
  async find(tx: Tx, name: string, lock: '' | 'for update' = ''): Promise<WaiverRow | undefined> {
    const label = /^W-(\d{1,18})$/i.exec(name)?.[1];
    const sql = `select ${columns} from waiver where ${label === undefined ? 'id::text' : 'number::text'} = $1 ${lock}`;
    const [row] = await rows<Row>(tx, sql, [label ?? name.toLowerCase()]);
    return row && withContent(row);
  }

  /** The newest first. What holds in every application is shown to all. */
  async page(tx: Tx, filter: WaiverFilter, caller: Identity, limit: number): Promise<readonly WaiverRow[]> {
    const sql = new SqlFilter();
    const shown = sql.param(caller.applications === '*' ? null : caller.applications);
    sql.and(`(${shown}::text[] is null or application = any(${shown}::text[]) or application = '*')`);
    sql.narrow('state = ?', filter.state);
    sql.narrow('application = ?', filter.application);
    sql.narrow(`(repository = ? or repository is null)`, filter.repository);
    sql.narrow(`application in (?, '*')`, filter.repositoryApplication);
    sql.narrow('findings @> array[?::text]', filter.finding);
    sql.narrow('cve = ?', filter.cve);
    sql.narrow('origin = ?', filter.origin === undefined ? undefined : filter.origin === 'repository');
    sql.narrow('decision::text = ?', filter.decision);
    sql.narrow('premise = ?', filter.premise === undefined ? undefined : comparablePremise(filter.premise));
    sql.narrow('requested_at >= ?::timestamptz', filter.from);
    sql.narrow('requested_at < ?::timestamptz', filter.to);
    sql.narrow('id < ?::uuid', filter.before);
    const page = `select ${columns} from waiver where ${sql.where} order by id desc limit ${sql.param(limit)}`;
    return (await rows<Row>(tx, page, sql.params)).map(withContent);
  }

  /** Those that may cover findings of a repository, in a fixed order. */
  async holding(tx: Tx, repository: string): Promise<readonly WaiverRow[]> {
    return (await rows<Row>(tx, `select ${columns} from waiver where ${holds} order by id`, [repository])).map(withContent);
  }

  /** Changes when one of them begins or ends to hold; empty without any. */
  async asOf(tx: Tx, repository: string): Promise<string> {
    const sql = `select coalesce(' ' || md5(string_agg(id || ' ' || revision, ' ' order by id)), '') as "asOf" from waiver where ${holds}`;
    return (await rows<{ asOf: string }>(tx, sql, [repository]))[0]!.asOf;
  }

  /** Lines that are gone take what they asked for with them. */
  shrink(tx: Tx, id: string, gone: readonly string[]): Promise<WaiverRow> {
    return this.changed(tx, 'gone = $2', [id, gone]);
  }

  async openOf(tx: Tx, application: string): Promise<number> {
    const sql = "select count(*)::int as count from waiver where application = $1 and state <> 'ended'";
    return (await rows<{ count: number }>(tx, sql, [application]))[0]!.count;
  }

  /** Requests that lines of a repository make and nobody has decided. */
  async openFrom(tx: Tx, repository: string): Promise<number> {
    const sql = "select count(*)::int as count from waiver where repository = $1 and origin and state = 'requested'";
    return (await rows<{ count: number }>(tx, sql, [repository]))[0]!.count;
  }

  async note(tx: Tx, waiver: string, event: Omit<WaiverEventRow, 'at'>): Promise<void> {
    const sql = 'insert into waiver_event (waiver, kind, by, digest, note) values ($1, $2, $3, $4, $5)';
    await rows(tx, sql, [waiver, event.kind, event.by, event.digest, event.note]);
  }

  /** The latest, in the order in which they happened. */
  async history(tx: Tx, waiver: string): Promise<readonly WaiverEventRow[]> {
    const sql = 'select at, kind, by, digest, note from waiver_event where waiver = $1 order by number desc limit 200';
    return (await rows<WaiverEventRow>(tx, sql, [waiver])).reverse();
  }

  /** The row (`$1`) as it is after the change. */
  private async changed(tx: Tx, set: string, params: readonly unknown[]): Promise<WaiverRow> {
    const [row] = await rows<Row>(tx, `update waiver set ${set}, revision = revision + 1 where id = $1 returning ${columns}`, params);
    return withContent(row!);
  }
}

const contentColumns = ['content', 'application', 'repository', 'findings', 'cve', 'decision', 'until', 'origin', 'premise'];

function contentValues(content: WaiverContent): readonly unknown[] {
  const { scope, until, decision, origin, premise } = content;
  const findings = [...(scope.findings ?? []).map(({ id }) => id), ...(scope.anyOf ?? []).flatMap((line) => line.findings ?? [])];
  const { application, repository = null, cve = null } = scope;
  const said = [JSON.stringify(content), application, repository, findings, cve, decision ?? null, until, origin !== undefined];
  return [...said, comparablePremise(premise)];
}

function withContent({ content, ...row }: Row): WaiverRow {
  return { ...row, content: JSON.parse(content) as WaiverContent };
}
