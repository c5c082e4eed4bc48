import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { DecisionMade, keys } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import type { StatusMessage } from '../channels/message.ts';
import { NotifierConfig } from '../config.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { Directory } from '../directory/directory.ts';
import { checkReport } from './check-report.ts';
import { decidedStatus, pendingStatus } from './status-message.ts';

/** Tells providers how a commit was judged: pending at once, then each decision, never an older one over a newer one. */
@Injectable()
export class CommitStatuses {
  constructor(
    private readonly channels: Channels,
    private readonly conversations: Conversations,
    private readonly directory: Directory,
    private readonly config: NotifierConfig,
  ) {}

  /** A commit that was judged before keeps its decision: an unchanged one is not published again. */
  async pending(tx: Tx, repository: string, commit: string): Promise<void> {
    const added = await rows(
      tx,
      'insert into commit_statuses (repository, commit, revision) values ($1, $2, 0) on conflict do nothing returning 1',
      [repository, commit],
    );
    if (added.length === 0) return;
    const known = await this.directory.repository(tx, repository);
    const message = pendingStatus({ repository, commit, application: known?.application ?? 'unassigned' }, this.config.linkBase);
    await this.tell(tx, message, keys.commit(repository, commit));
  }

  /** False for a decision that is older than the one told. */
  async decided(tx: Tx, decision: DecisionMade, at: Date): Promise<boolean> {
    const { repository, commit } = decision.subject;
    const newer = await rows(
      tx,
      `insert into commit_statuses (repository, commit, revision, decision, decided_at) values ($1, $2, $3, $4, $5)
       on conflict (repository, commit) do update set revision = excluded.revision, decision = excluded.decision, decided_at = excluded.decided_at
       where commit_statuses.revision < excluded.revision
       returning 1`,
      // By what it was judged is nothing that a comment tells.
      [repository, commit, decision.revision, JSON.stringify({ ...decision, policies: [], items: [] }), at],
    );
    if (newer.length === 0) return false;
    await this.tellDecision(tx, decision, at);
    return true;
  }

  /** Somebody wants it judged again: what stands is said anew, until a scan says something else. */
  async again(tx: Tx, repository: string, commit: string, asked: string): Promise<void> {
    const [judged] = await rows<{ decision: string; decidedAt: Date }>(
      tx,
      `select decision, decided_at as "decidedAt" from commit_statuses where repository = $1 and commit = $2 and decision is not null`,
      [repository, commit],
    );
    if (!judged) return;
    await this.conversations.forgetSaid(tx, aboutStatusOf({ repository, commit }), this.channels.forStatuses());
    await this.tellDecision(tx, plainToInstance(DecisionMade, JSON.parse(judged.decision) as object), judged.decidedAt, asked);
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

/** Name of the conversation about the status of a commit. */
export function aboutStatusOf({ repository, commit }: Pick<StatusMessage, 'repository' | 'commit'>): string {
  return `status:${repository}@${commit}`;
}
