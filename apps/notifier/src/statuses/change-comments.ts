import { Injectable } from '@nestjs/common';
import { keys, type ChangeMerged, type ChangeProposed, type DecisionMade } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { GateBypasses } from '../alerts/gate-bypasses.ts';
import { storedDecision } from '../alerts/judgements.ts';
import { Channels } from '../channels/channels.ts';
import { NotifierConfig } from '../config.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { commentMessage, type NamedMatter } from './comment-message.ts';
import type { NumberedMatter } from './numbered-matters.ts';

interface CommentedRow {
  readonly number: number;
  readonly named: string;
  readonly numbered: string;
}

const keptDays = 30;

const propose = `
  insert into change_requests (repository, number, head, ref) values ($1, $2, $3, $4)
  on conflict (repository, number) do update set head = excluded.head, ref = excluded.ref, seen_at = clock_timestamp(),
    revision = case when change_requests.head = excluded.head then change_requests.revision else 0 end
  returning number`;

/** A change whose head is the commit, and whose comment does not tell of this decision or a later one. */
const decide = `
  update change_requests set revision = $3 where repository = $1 and head = $2 and revision < $3 returning number, named, numbered`;

/** The one comment below each change request: what its head adds, as the last decision about it says. */
@Injectable()
export class ChangeComments {
  constructor(
    private readonly channels: Channels,
    private readonly conversations: Conversations,
    private readonly bypasses: GateBypasses,
    private readonly config: NotifierConfig,
  ) {}

  /**
   * Where a change request stands. Its head may be judged already: the row of its status is locked, so that a decision which
   * comes at the same time finds the change request, or is found by it.
   */
  async proposed(tx: Tx, { repository, number, head, headRef, fork }: ChangeProposed): Promise<void> {
    const [judged] = await rows<{ decision: string | null; decidedAt: Date | null }>(
      tx,
      'select decision, decided_at as "decidedAt" from commit_statuses where repository = $1 and commit = $2 for update',
      [repository, head],
    );
    await rows(tx, propose, [repository, number, head, fork ? null : headRef]);
    if (!judged?.decision || !judged.decidedAt) return;
    await this.decided(tx, storedDecision(judged.decision), judged.decidedAt);
  }

  /** Nobody reads below a change that is merged: a later decision about it is told elsewhere, and so is a merge that the gate had not let pass. */
  async merged(tx: Tx, fact: ChangeMerged): Promise<void> {
    const sql = 'delete from change_requests where repository = $1 and number = $2 returning head';
    const [known] = await rows<{ head: string }>(tx, sql, [fact.repository, fact.number]);
    await this.bypasses.merged(tx, fact, known?.head);
  }

  async decided(tx: Tx, decision: DecisionMade, at: Date): Promise<void> {
    const { repository, commit } = decision.subject;
    const changes = await rows<CommentedRow>(tx, decide, [repository, commit, decision.revision]);
    for (const change of changes) await this.tell(tx, decision, change, at);
    await rows(
      tx,
      `update commit_statuses set decision = null where decided_at < clock_timestamp() - interval '${keptDays} days' and decision is not null`,
    );
  }

  /** Nothing is said where there never was anything to say; nor at once that nothing could be decided, which often passes. */
  private async tell(tx: Tx, decision: DecisionMade, { number, ...known }: CommentedRow, at: Date): Promise<void> {
    const { repository, commit } = decision.subject;
    const [about, channel] = [`comment:${repository}#${number}`, this.channels.forComments()];
    const told = await this.conversations.takeBack(tx, about, channel);
    const [named, numbered] = [JSON.parse(known.named) as NamedMatter[], JSON.parse(known.numbered) as NumberedMatter[]];
    const change = { number, named, numbered, told, decidedAt: at.toISOString() };
    const { message, ...now } = commentMessage(decision, change, this.config.linkBase);
    if (message.state === 'clean' && !told) return;
    const causes = [keys.decision(decision.decision)];
    const delayMs = message.state === 'undecided' && !told ? this.config.undecidedGraceSeconds * 1000 : 0;
    const telling = { about, message, application: decision.application, repository, commit, causes, delayMs };
    await this.conversations.tell(tx, telling, channel, 0);
    await rows(tx, 'update change_requests set named = $3, numbered = $4 where repository = $1 and number = $2', [
      ...[repository, number],
      ...[JSON.stringify(now.named), JSON.stringify(now.numbered)],
    ]);
  }
}
