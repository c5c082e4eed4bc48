import { Injectable } from '@nestjs/common';
import { keys, type DecisionMade } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import type { StatusMessage } from '../channels/message.ts';
import { NotifierConfig } from '../config.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { Directory } from '../directory/directory.ts';
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

  async decided(tx: Tx, decision: DecisionMade): Promise<void> {
    const { repository, commit } = decision.subject;
    const newer = await rows(
      tx,
      `insert into commit_statuses (repository, commit, revision) values ($1, $2, $3)
       on conflict (repository, commit) do update set revision = excluded.revision where commit_statuses.revision < excluded.revision
       returning 1`,
      [repository, commit, decision.revision],
    );
    if (newer.length > 0) await this.tell(tx, decidedStatus(decision, this.config.linkBase), keys.decision(decision.decision));
  }

  private async tell(tx: Tx, message: StatusMessage, cause: string): Promise<void> {
    const { repository, commit, application } = message;
    const telling = { about: `status:${repository}@${commit}`, message, application, repository, commit, causes: [cause] };
    await this.conversations.tell(tx, telling, this.channels.forStatuses(), 0);
  }
}
