import { Injectable } from '@nestjs/common';
import type { CheckReleaseEnd, CheckReleaseState } from '@throughline/contracts';
import { rows, visibleTo, type Identity, type Tx } from '@throughline/service';

/** Whose checks: all, those that a source told of, or those of a repository. */
export interface ReleaseScope {
  readonly application: string;
  readonly repository: string | null;
  readonly source: string | null;
}

/** A release as it is kept. */
export interface ReleaseRow extends ReleaseScope {
  readonly id: string;
  readonly number: string;
  readonly state: CheckReleaseState;
  readonly reason: string;
  readonly minutes: number;
  readonly digest: string;
  readonly requester: string;
  readonly requesterAddress: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly confirmBefore: Date;
  readonly confirmer: string | null;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
  readonly until: Date | null;
  readonly endedBecause: CheckReleaseEnd | null;
  readonly endedBy: string | null;
  readonly endedNote: string | null;
  readonly endedAt: Date | null;
}

/** How many checks it is about. */
export interface ReleaseCounts {
  readonly waiting: number;
  readonly released: number;
  readonly judged: number;
  readonly blocked: number;
  readonly merged: number;
}

/** A row of `released_checks`. */
export interface ReleasedRow {
  readonly repository: string;
  readonly commit: string;
  readonly releasedAt: Date;
  readonly result: 'pass' | 'warn' | 'deny' | null;
  readonly judgedAt: Date | null;
  readonly number: number | null;
  readonly mergedBy: string | null;
  readonly mergedAt: Date | null;
}

export type NewRelease = Pick<
  ReleaseRow,
  'id' | 'application' | 'repository' | 'source' | 'reason' | 'minutes' | 'digest' | 'requester' | 'requesterAddress' | 'requestedBy'
>;

/** A request that nobody confirmed means nothing after an hour: what it was asked for has changed. */
const confirmMinutes = 60;
const confirmBefore = `requested_at + interval '${confirmMinutes} minutes'`;
const columns = `id, number::text as number, application, repository, source, reason, minutes, digest, requester,
  requester_address as "requesterAddress", requested_by as "requestedBy", requested_at as "requestedAt", ${confirmBefore} as "confirmBefore",
  confirmer, confirmed_by as "confirmedBy", confirmed_at as "confirmedAt", until, ended_because as "endedBecause", ended_by as "endedBy",
  ended_note as "endedNote", ended_at as "endedAt",
  case when ended_at is not null then 'ended' when confirmed_at is not null then 'open' else 'requested' end as state`;
const stateIs: Readonly<Record<CheckReleaseState, string>> = {
  requested: 'confirmed_at is null and ended_at is null',
  open: 'confirmed_at is not null and ended_at is null',
  ended: 'ended_at is not null',
};
/** Of `commit_statuses`: within the release. */
const within = (release: string): string => `(${release}.repository is null or status.repository = ${release}.repository)
  and (${release}.source is null or status.source = ${release}.source)`;

@Injectable()
export class ReleaseRows {
  async insert(tx: Tx, row: NewRelease): Promise<void> {
    const sql = `insert into check_releases (id, application, repository, source, reason, minutes, digest, requester, requester_address, requested_by)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
    const scope = [row.id, row.application, row.repository, row.source];
    await rows(tx, sql, [...scope, row.reason, row.minutes, row.digest, row.requester, row.requesterAddress, row.requestedBy]);
  }

  /** By id, or by label. */
  async find(tx: Tx, name: string, lock: '' | 'for update' = ''): Promise<ReleaseRow | undefined> {
    const label = /^R-(\d{1,18})$/i.exec(name)?.[1];
    const sql = `select ${columns} from check_releases where ${label === undefined ? 'id::text' : 'number::text'} = $1 ${lock}`;
    const [row] = await rows<ReleaseRow>(tx, sql, [label ?? name.toLowerCase()]);
    return row;
  }

  /** The newest first. What reaches into every application is shown to all. */
  async page(tx: Tx, state: CheckReleaseState | undefined, before: string | null, limit: number, caller: Identity): Promise<ReleaseRow[]> {
    const params: unknown[] = [before, limit];
    const shown = `(application = '*' or ${visibleTo(caller, params)})`;
    const sql = `select ${columns} from check_releases where ($1::uuid is null or id < $1::uuid) and ${shown}
      and ${state === undefined ? 'true' : stateIs[state]} order by id desc limit $2`;
    return rows<ReleaseRow>(tx, sql, params);
  }

  async counts(tx: Tx, id: string): Promise<ReleaseCounts> {
    const [counts] = await rows<ReleaseCounts>(
      tx,
      `select (select count(*)::int from commit_statuses status join check_releases release on release.id = $1
         where status.unjudged and status.release is null and ${within('release')}) as waiting,
         count(*)::int as released, count(result)::int as judged, (count(*) filter (where result = 'deny'))::int as blocked,
         count(merged_at)::int as merged from released_checks where release = $1`,
      [id],
    );
    return counts!;
  }

  /** In the order of their names. */
  async checks(
    tx: Tx,
    id: string,
    { after, limit }: { readonly after: readonly [string, string] | undefined; readonly limit: number },
    caller: Identity,
  ): Promise<ReleasedRow[]> {
    const params: unknown[] = [id, after?.[0] ?? null, after?.[1] ?? null, limit];
    const seen = visibleTo(caller, 'known.application', params);
    return rows<ReleasedRow>(
      tx,
      `select released.repository, commit, released_at as "releasedAt", result, judged_at as "judgedAt", number, merged_by as "mergedBy",
         merged_at as "mergedAt"
       from released_checks released left join repositories known using (repository)
       where release = $1 and ($2::text is null or (released.repository, commit) > ($2, $3)) and ${seen}
       order by released.repository, commit limit $4`,
      params,
    );
  }

  async confirm(tx: Tx, id: string, by: { readonly id: string; readonly name: string }): Promise<void> {
    const sql = `update check_releases set confirmer = $2, confirmed_by = $3, confirmed_at = clock_timestamp(),
      until = clock_timestamp() + make_interval(mins => minutes) where id = $1`;
    await rows(tx, sql, [id, by.id, by.name]);
  }

  async end(tx: Tx, id: string, because: CheckReleaseEnd, by: string, note: string | null): Promise<void> {
    const sql = `update check_releases set ended_because = $2, ended_by = $3, ended_note = $4, ended_at = clock_timestamp()
      where id = $1 and ended_at is null`;
    await rows(tx, sql, [id, because, by, note]);
  }

  /** Requests of a scope that are open at one time. */
  async standing(tx: Tx): Promise<number> {
    return (await rows<{ count: number }>(tx, 'select count(*)::int as count from check_releases where ended_at is null'))[0]!.count;
  }

  /** Takes some checks within it that are not judged; another transaction holds none of them. */
  async take(tx: Tx, id: string, limit: number): Promise<{ repository: string; commit: string }[]> {
    return rows(
      tx,
      `with taken as (
         update commit_statuses set release = $1 where (repository, commit) in (
           select status.repository, status.commit from commit_statuses status join check_releases release on release.id = $1
           where status.unjudged and status.release is null and ${within('release')}
           order by status.repository, status.commit limit $2 for update of status)
         returning repository, commit),
       noted as (
         insert into released_checks (release, repository, commit) select $1, repository, commit from taken on conflict do nothing)
       select repository, commit from taken`,
      [id, limit],
    );
  }

  /** Gives some of its checks back that are still not judged. */
  async giveBack(tx: Tx, id: string, limit: number): Promise<{ repository: string; commit: string; unjudged: boolean }[]> {
    return rows(
      tx,
      `update commit_statuses set release = null where (repository, commit) in (
         select repository, commit from commit_statuses where release = $1 order by repository, commit limit $2 for update)
       returning repository, commit, unjudged`,
      [id, limit],
    );
  }
}
