import { Injectable } from '@nestjs/common';
import {
  mostTriaged,
  uuidv7,
  type BulkTriage,
  type BulkTriageAnswer,
  type BulkTriageEntry,
  type BulkTriageUndone,
  type Page,
  type PageQuery,
  type Triage,
} from '@throughline/contracts';
import { TriageRefused, triageChanges } from '@throughline/findings';
import { Outbox } from '@throughline/messaging';
import {
  Database,
  decodeCursor,
  defaultLimit,
  isConflict,
  pageOf,
  plannedAnew,
  Problem,
  rows,
  visibleTo,
  type Identity,
  type Tx,
} from '@throughline/service';
import { given } from '../bulk.ts';
import { findingFilter } from './finding-filter.ts';
import { writeTriage, type TriageChange } from './triage-changes.ts';
import { problemOf } from './finding-triage.ts';

const undoHours = 24;
/** Runs and waivers change the same findings in another order: one of two that wait for each other is ended, and tries again. */
const attempts = 3;

type Found = Omit<TriageChange, 'to'>;

interface Sorted {
  readonly found: number;
  readonly changing: readonly Found[];
  readonly skipped: BulkTriageAnswer['skipped'];
}

interface EntryRow {
  readonly id: string;
  readonly at: Date;
  readonly person: string;
  readonly triage: Triage;
  readonly reason: string;
  readonly filter: string;
  readonly changed: number;
  readonly until: Date;
  readonly undoneAt: Date | null;
  readonly undoable: boolean;
}

/** What people say about many findings at once. */
@Injectable()
export class BulkTriages {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** What `change` would do. Throws `Problem` 400, 409 and 422 as that does. */
  async preview(wanted: BulkTriage, caller: Identity): Promise<BulkTriageAnswer> {
    const { found, changing, skipped } = await this.database.transaction((tx) => sorted(tx, wanted, caller));
    return { found, changed: changing.length, skipped };
  }

  /**
   * Triages all that the filter finds in one transaction. Throws `Problem` 400 for a filter that cannot be read, 409 where a
   * waiver is needed or the filter finds others than expected, and 422 without a filter, without a reason, or for too many.
   */
  change(wanted: BulkTriage, caller: Identity): Promise<BulkTriageAnswer> {
    return this.attempt(async (tx) => {
      const { found, changing, skipped } = await sorted(tx, wanted, caller, 'for update of f');
      if (wanted.expected !== undefined && wanted.expected !== found)
        throw new Problem(
          409,
          'changed_meanwhile',
          `the filter finds ${found} findings, not ${wanted.expected}: look at the preview again`,
        );
      if (changing.length === 0) return { found, changed: 0, skipped };
      const [id, reason] = [uuidv7(), said(wanted.reason)];
      const [{ until }] = (await rows<{ until: Date }>(
        tx,
        `insert into bulk_triage (id, person, triage, reason, filter, changed, until)
         values ($1, $2, $3, $4, $5, $6, now() + make_interval(hours => ${undoHours})) returning until`,
        [id, caller.name, wanted.triage, reason, queryOf(wanted), changing.length],
      )) as [{ until: Date }];
      await writeTriage(
        tx,
        this.outbox,
        changing.map((finding) => ({ ...finding, to: wanted.triage })),
        { by: caller.name, reason },
      );
      const table = given(
        changing,
        {
          number: { type: 'bigint', of: ({ number }) => number },
          triage: { type: 'text', of: ({ triage }) => triage },
          revision: { type: 'int', of: ({ revision }) => revision + 1 },
        },
        2,
      );
      await rows(
        tx,
        `insert into bulk_triage_finding (bulk_triage_id, finding_number, before_triage, revision) select $1, ${table.names} from ${table.sql}`,
        [id, ...table.params],
      );
      await rows(tx, 'delete from bulk_triage_finding where bulk_triage_id in (select id from bulk_triage where until < now())');
      return { id, found, changed: changing.length, skipped, undo: { href: hrefOf(id), until: until.toISOString() } };
    });
  }

  /** Throws `Problem` 404 for what the caller may not see, and 409 when it was taken back, or no longer can be. */
  undo(id: string, caller: Identity): Promise<BulkTriageUndone> {
    return this.attempt(async (tx) => {
      const [entry] = await rows<EntryRow>(tx, `${entries} where id = $1 for update`, [id]);
      if (!entry || !mayUndo(entry, caller)) throw notThere();
      if (!entry.undoable)
        throw new Problem(
          409,
          'not_undoable',
          entry.undoneAt ? 'this was taken back before' : `this could be taken back until ${entry.until.toISOString()}`,
        );
      const params: unknown[] = [id];
      const visible = visibleTo(caller, 'f.application', params);
      const before = await rows<TriageChange>(
        tx,
        `select f.number, f.id, f.repository, f.triage, f.revision, b.before_triage as "to" from bulk_triage_finding b
         join finding f on f.number = b.finding_number and f.revision = b.revision where b.bulk_triage_id = $1 and ${visible} order by f.number for update of f`,
        params,
      );
      const reason = `undo of ${entry.triage} for ${entry.changed} findings`;
      await writeTriage(tx, this.outbox, before, { by: caller.name, reason });
      await rows(tx, 'update bulk_triage set undone_at = now() where id = $1', [id]);
      return { restored: before.length, left: entry.changed - before.length };
    });
  }

  async page(query: PageQuery, caller: Identity): Promise<Page<BulkTriageEntry>> {
    const [before] = decodeCursor(query.cursor, 1) ?? [null];
    const found = await this.database.rows<EntryRow>(
      `${entries} where ($1::uuid is null or id < $1::uuid) and ($2::text is null or person = $2) order by id desc limit $3`,
      [before, caller.applications === '*' ? null : caller.name, (query.limit ?? defaultLimit) + 1],
    );
    const { items, next } = pageOf(found, query.limit, ({ id }) => [id]);
    return { items: items.map(entryOf), next };
  }

  async read(id: string, caller: Identity): Promise<BulkTriageEntry> {
    const [entry] = await this.database.rows<EntryRow>(`${entries} where id = $1`, [id]);
    if (!entry || !mayUndo(entry, caller)) throw notThere();
    return entryOf(entry);
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.database.transaction(work);
      } catch (error) {
        if (attempt === attempts || !isConflict(error)) throw error;
      }
    }
  }
}

/** What the filter finds, and what of it would change; in the order in which it is locked. */
async function sorted(tx: Tx, wanted: BulkTriage, caller: Identity, lock = ''): Promise<Sorted> {
  const query = wanted.filter;
  if (queryOf(wanted) === '')
    throw new Problem(422, 'invalid', 'say which findings: give at least one filter', [{ pointer: '/filter', detail: 'is empty' }]);
  const { where, params } = findingFilter(query, caller);
  const found = await rows<Found>(
    tx,
    `${plannedAnew} select f.number, f.id, f.repository, f.revision, case when shown.id is null then f.triage else 'risk_accepted' end as triage
     from finding f left join waiver shown on shown.id = f.waiver and not shown.ended and shown.until > now()
     where ${where} order by f.number limit ${mostTriaged + 1} ${lock}`,
    params,
  );
  if (found.length > mostTriaged)
    throw new Problem(422, 'too_many', `more than ${mostTriaged} findings at once cannot be changed: narrow the filter`, [
      { pointer: '/filter', detail: 'finds too many' },
    ]);
  const changing = found.filter((finding) => changesTo(finding.triage, wanted));
  const waived = found.filter(({ triage }) => triage === 'risk_accepted').length;
  const same = found.length - changing.length - waived;
  const skipped = [
    { code: 'waived', detail: 'an exception covers them: revoke it to triage them again', count: waived },
    { code: 'unchanged', detail: `they are ${wanted.triage} already`, count: same },
  ];
  return { found: found.length, changing, skipped: skipped.filter(({ count }) => count > 0) };
}

/** False for what is so already and for what a waiver covers; what nobody may say is a `Problem` for the whole call. */
function changesTo(from: Triage, { triage, reason }: BulkTriage): boolean {
  try {
    return triageChanges(from, triage, said(reason));
  } catch (error) {
    if (!(error instanceof TriageRefused)) throw error;
    if (error.code === 'waived') return false;
    throw problemOf(error, '{ "findings", "reason", "until" }');
  }
}

/** The filter as a query of the list. */
function queryOf({ filter }: BulkTriage): string {
  const named = Object.entries(filter).filter(([name, value]) => value !== undefined && !['limit', 'cursor', 'sort'].includes(name));
  return new URLSearchParams(named.map(([name, value]): [string, string] => [name, String(value)])).toString();
}

function said(reason: string | undefined): string {
  return reason?.replaceAll('\0', '').trim() ?? '';
}

const entries = `select id, at, person, triage, reason, filter, changed, until, undone_at as "undoneAt", undone_at is null and until > now() as undoable from bulk_triage`;

function mayUndo({ person }: EntryRow, caller: Identity): boolean {
  return caller.applications === '*' || caller.name === person;
}

function entryOf({ id, at, person, triage, reason, filter, changed, until, undoneAt, undoable }: EntryRow): BulkTriageEntry {
  return {
    ...{ id, at: at.toISOString(), by: person, triage, reason, filter, changed },
    ...(undoneAt && { undoneAt: undoneAt.toISOString() }),
    ...(undoable && { undo: { href: hrefOf(id), until: until.toISOString() } }),
  };
}

function hrefOf(id: string): string {
  return `/api/v1/findings/bulk/${id}/undo`;
}

function notThere(): Problem {
  return new Problem(404, 'not_found', 'there is no such change of findings, or it is not yours to see');
}
