import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention } from '@throughline/messaging';

/** As long as the decisions that it tells of. */
const keptDays = 400;
/** What others wrote under our name is told while it is news. */
const foreignDays = 30;
/** A push and the merge that made it are told within minutes, or when their source is reached again. */
const mergedDays = 30;

/** The least UUIDv7 that was given at $1. */
const idAt = `(lpad(to_hex((extract(epoch from $1::timestamptz) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

const unresolved = (where: string): string => `exists (select 1 from alerts a where ${where} and a.state <> 'resolved')`;

/** A standing alert keeps what its line was judged by, and each conversation about it with its last message. */
const ends: Readonly<Record<string, string>> = {
  alerts: `
    delete from alerts where id in (
      select id from alerts where id < ${idAt} and state = 'resolved' and resolved_at < $1 order by id limit $2
    ) returning 1`,
  conversations: `
    delete from conversations where id in (
      select id from conversations c where id < ${idAt} and not ${unresolved('a.id = c.alert')} and not exists (
        select 1 from deliveries d
        where d.conversation = c.id and (d.queued_at >= $1 or d.state in ('queued', 'sending', 'retrying'))
      ) order by id limit $2
    ) returning 1`,
  deliveries: `
    delete from deliveries where id in (
      select id from deliveries d where id < ${idAt} and state in ('delivered', 'kept', 'dead') and exists (
        select 1 from deliveries later where later.conversation = d.conversation and later.position > d.position
      ) order by id limit $2
    ) returning 1`,
  judgements: `
    delete from judgements where (repository, commit, gate) in (
      select repository, commit, gate from judgements j
      where decided_at < $1 and not ${unresolved('a.repository = j.repository and a.line = j.line')} order by decided_at limit $2
    ) returning 1`,
  fixes: `
    delete from fixes where proposal in (
      select proposal from fixes f
      where proposed_at < $1 and not ${unresolved('a.repository = f.repository and a.commit = f.commit')} order by proposed_at limit $2
    ) returning 1`,
  statuses: `
    delete from commit_statuses where (repository, commit) in (
      select repository, commit from commit_statuses where coalesce(decided_at, pending_since) < $1
      order by coalesce(decided_at, pending_since) limit $2
    ) returning 1`,
  merges: `
    delete from unpassed_merges where (repository, what) in (
      select repository, what from unpassed_merges m where merged_at < $1 and not ${unresolved('a.id = m.alert')} order by merged_at limit $2
    ) returning 1`,
  changeRequests: `
    delete from change_requests where (repository, number) in (
      select repository, number from change_requests where seen_at < $1 order by seen_at limit $2
    ) returning 1`,
};

const mergedCommits = `
  delete from merged_commits where (repository, base_ref, commit) in (
    select repository, base_ref, commit from merged_commits where merged_at < $1 order by merged_at limit $2
  ) returning 1`;

const foreignStatuses = `
  delete from foreign_statuses where (repository, commit) in (
    select repository, commit from foreign_statuses where last_at < $1 order by last_at limit $2
  ) returning 1`;

/** Ends what was said, and what it was said from, when the decisions behind it end. */
@Injectable()
export class AlertRetention implements OnModuleInit {
  constructor(private readonly retention: Retention) {}

  onModuleInit(): void {
    for (const [kind, sql] of Object.entries(ends)) this.retention.keep(kind, keptDays, sql);
    this.retention.keep('foreignStatuses', foreignDays, foreignStatuses);
    this.retention.keep('mergedCommits', mergedDays, mergedCommits);
  }
}
