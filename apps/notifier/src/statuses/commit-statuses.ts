import { Injectable } from '@nestjs/common';
import { envelopeOf, keys, type ChangePushed, type DecisionMade } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { GateBypasses } from '../alerts/gate-bypasses.ts';
import { storedDecision } from '../alerts/judgements.ts';
import { Channels } from '../channels/channels.ts';
import type { StatusMessage } from '../channels/message.ts';
import { NotifierConfig } from '../config.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { Directory } from '../directory/directory.ts';
import { aboutStatusOf } from './about-status.ts';
import { checkReport } from './check-report.ts';
import { firstLookSeconds } from './progress-rows.ts';
import { decidedStatus, pendingStatus, progressStatus, releasedStatus, type ToldProgress, type ToldRelease } from './status-message.ts';
import { usualWait } from './usual-wait.ts';

/** A commit that a host told of. */
export interface ToldCommit {
  readonly repository: string;
  readonly commit: string;
  readonly source?: string | undefined;
}

/**
 * Notes what was decided, also at what was released, and how long that took; an older decision changes nothing. What was decided
 * before its push was read here tells nothing about time: we were late, not the scans.
 */
const decide = `
  with told as (
    insert into commit_statuses (repository, commit, revision, decision, decided_at, unjudged) values ($1, $2, $3, $4, $5, $6 = 'undecided')
    on conflict (repository, commit) do update set revision = excluded.revision, decision = excluded.decision, decided_at = excluded.decided_at,
      unjudged = excluded.unjudged, look_at = null, release = case when excluded.unjudged then commit_statuses.release end,
      waited_seconds = coalesce(commit_statuses.waited_seconds, case
        when commit_statuses.unjudged and not excluded.unjudged and excluded.decided_at >= commit_statuses.pending_since
        then least(extract(epoch from excluded.decided_at - commit_statuses.pending_since), 1e9)::int end)
    where commit_statuses.revision < excluded.revision
    returning repository, commit, unjudged, release),
  noted as (
    update released_checks check_ set result = $6, judged_at = $5 from told
    where not told.unjudged and check_.repository = told.repository and check_.commit = told.commit and check_.result is null),
  merged as (
    update unpassed_merges merge set result = $6,
      stood = case when $6 = 'deny' and $5 <= merge.merged_at and merge.stood <> 'released' then 'deny' else merge.stood end
    from told where merge.repository = told.repository and merge.head = told.commit returning 1)
  select release, (select count(*)::int from merged) as merges from told`;

/** Tells providers how a commit was judged: pending at once, then each decision, never an older one over a newer one. */
@Injectable()
export class CommitStatuses {
  constructor(
    private readonly channels: Channels,
    private readonly conversations: Conversations,
    private readonly directory: Directory,
    private readonly bypasses: GateBypasses,
    private readonly config: NotifierConfig,
  ) {}

  /** A branch was moved: how the commit stood before is looked at first. */
  async pushed(tx: Tx, fact: ChangePushed): Promise<void> {
    const { repository, after: commit, source } = fact;
    await this.bypasses.pushed(tx, fact);
    await this.pending(tx, { repository, commit, source });
    if (fact.rescan) await this.again(tx, repository, commit, envelopeOf(fact).id);
  }

  /** A commit that was judged before keeps its decision: an unchanged one is not published again. */
  async pending(tx: Tx, { repository, commit, source }: ToldCommit): Promise<void> {
    const added = await rows(
      tx,
      `insert into commit_statuses (repository, commit, revision, source, look_at)
       values ($1, $2, 0, $3, clock_timestamp() + make_interval(secs => ${firstLookSeconds})) on conflict do nothing returning 1`,
      [repository, commit, source ?? null],
    );
    if (added.length > 0) await this.tellPending(tx, repository, commit);
  }

  /** How far its scans are; nothing is said any more once something was decided, or it was released. */
  async progressed(tx: Tx, repository: string, commit: string, { done, total }: Pick<ToldProgress, 'done' | 'total'>): Promise<void> {
    const [told] = await rows<{ elapsed: number }>(
      tx,
      `update commit_statuses set done = $3, done_told_at = clock_timestamp()
       where repository = $1 and commit = $2 and revision = 0 and release is null and done < $3
       returning extract(epoch from clock_timestamp() - pending_since)::float8 as elapsed`,
      [repository, commit, done],
    );
    if (!told) return;
    const usual = await usualWait(tx, repository);
    const left = usual === undefined ? 0 : usual - told.elapsed;
    const progress = { done, total, ...(left > 0 && { leftSeconds: left }) };
    await this.tell(
      tx,
      progressStatus(await this.placeOf(tx, repository, commit), this.config.linkBase, progress),
      keys.commit(repository, commit),
    );
  }

  /** Nobody could judge it, and two persons let it pass meanwhile. */
  async released(tx: Tx, repository: string, commit: string, release: ToldRelease): Promise<void> {
    const message = releasedStatus(await this.placeOf(tx, repository, commit), release, this.config.linkBase);
    await this.tell(tx, message, keys.commit(repository, commit));
  }

  /** Says how an unjudged commit stands by itself: pending, or not decided. */
  async standing(tx: Tx, repository: string, commit: string): Promise<void> {
    const judged = await this.judged(tx, repository, commit);
    if (judged) await this.tellDecision(tx, judged.decision, judged.decidedAt);
    else await this.tellPending(tx, repository, commit);
  }

  /** False for a decision that is older than the one told. */
  async decided(tx: Tx, decision: DecisionMade, at: Date): Promise<boolean> {
    const { repository, commit } = decision.subject;
    // By what it was judged is nothing that a comment tells.
    const told = JSON.stringify({ ...decision, policies: [], items: [] });
    const newer = await rows<{ release: string | null; merges: number }>(tx, decide, [
      repository,
      commit,
      decision.revision,
      told,
      at,
      decision.result,
    ]);
    if (newer.length === 0) return false;
    // What could not be decided is what it was released for.
    if (newer[0]!.release === null) await this.tellDecision(tx, decision, at);
    if (newer[0]!.merges > 0) await this.bypasses.judged(tx, repository, commit);
    return true;
  }

  /** Somebody wants it judged again: what stands is said anew, until a scan says something else. */
  async again(tx: Tx, repository: string, commit: string, asked: string): Promise<void> {
    const judged = await this.judged(tx, repository, commit);
    if (!judged || judged.released) return;
    await this.conversations.forgetSaid(tx, aboutStatusOf({ repository, commit }), this.channels.forStatuses());
    await this.tellDecision(tx, judged.decision, judged.decidedAt, asked);
  }

  private async judged(tx: Tx, repository: string, commit: string) {
    const [judged] = await rows<{ decision: string; decidedAt: Date; released: boolean }>(
      tx,
      `select decision, decided_at as "decidedAt", release is not null as released from commit_statuses
       where repository = $1 and commit = $2 and decision is not null`,
      [repository, commit],
    );
    return judged && { ...judged, decision: storedDecision(judged.decision) };
  }

  private async tellPending(tx: Tx, repository: string, commit: string): Promise<void> {
    const usual = await usualWait(tx, repository);
    const message = pendingStatus(await this.placeOf(tx, repository, commit), this.config.linkBase, usual);
    await this.tell(tx, message, keys.commit(repository, commit));
  }

  private async placeOf(tx: Tx, repository: string, commit: string) {
    const known = await this.directory.repository(tx, repository);
    return { repository, commit, application: known?.application ?? 'unassigned' };
  }

  private async tellDecision(tx: Tx, decision: DecisionMade, at: Date, asked?: string): Promise<void> {
    const { linkBase } = this.config;
    const message = { ...decidedStatus(decision, linkBase), check: checkReport(decision, at, linkBase, asked) };
    await this.tell(tx, message, keys.decision(decision.decision));
  }

  private async tell(tx: Tx, message: StatusMessage, cause: string): Promise<void> {
    const { repository, commit, application } = message;
    const [contested] = await rows(tx, 'select 1 from commit_statuses where repository = $1 and commit = $2 and contested', [
      repository,
      commit,
    ]);
    const said = contested ? { ...message, contested: true as const } : message;
    const telling = { about: aboutStatusOf(message), message: said, application, repository, commit, causes: [cause] };
    await this.conversations.tell(tx, telling, this.channels.forStatuses(), 0);
  }
}
