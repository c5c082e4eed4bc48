import { Injectable } from '@nestjs/common';
import { Database } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import { aboutStatus } from './about-status.ts';

/** Most commits are judged by then, and are never looked at. */
export const firstLookSeconds = 5;
/** So many are asked for in one call. */
const mostAtOnce = 100;
/** Nobody waits for the status of a commit any longer. */
const lastLookSeconds = 3600;

/** A commit that is pending, and what was told of its scans. */
export interface PendingCommit {
  readonly repository: string;
  readonly commit: string;
  readonly done: number;
  /** Since that was told, or since it is pending. */
  readonly toldMs: number;
  /** What became of the last word to its host; null where none is on record. */
  readonly state: string | null;
}

/** Whoever takes a row moves it on: another process finds it moved, or held. */
const take = `
  update commit_statuses status set look_at = case when pending_since > clock_timestamp() - make_interval(secs => ${lastLookSeconds})
    then clock_timestamp() + make_interval(secs => ${firstLookSeconds}) end
  from (
    select repository, commit from commit_statuses where look_at <= clock_timestamp() order by look_at limit ${mostAtOnce} for update skip locked
  ) as due
  where status.repository = due.repository and status.commit = due.commit
  returning status.repository, status.commit, done,
    extract(epoch from clock_timestamp() - coalesce(done_told_at, pending_since))::float8 * 1000 as "toldMs",
    (select state from deliveries where conversation = (
      select id from conversations where about = ${aboutStatus('status.repository', 'status.commit')} and channel = $1
    ) order by position desc limit 1) as state`;

const give = `
  update commit_statuses set look_at = null from unnest($1::text[], $2::text[]) as told (repository, commit)
  where commit_statuses.repository = told.repository and commit_statuses.commit = told.commit`;

/** The commits whose scans are looked at while they are pending. */
@Injectable()
export class ProgressRows {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
  ) {}

  /** Those whose turn it is. */
  due(): Promise<PendingCommit[]> {
    return this.database.rows<PendingCommit>(take, [this.channels.forStatuses().name]);
  }

  /** Nobody is told: they are not looked at any more. */
  async giveUp(commits: readonly PendingCommit[]): Promise<void> {
    await this.database.rows(give, [commits.map(({ repository }) => repository), commits.map(({ commit }) => commit)]);
  }
}
