import { Injectable } from '@nestjs/common';
import { keys, type StatusPosted } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { ForeignStatusAlerts } from '../alerts/foreign-status-alerts.ts';
import { Channels } from '../channels/channels.ts';
import type { StatusMessage } from '../channels/message.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { aboutStatusOf } from './about-status.ts';
import { echoOf } from './posted-status.ts';

/** A few at once; whoever goes on is answered more and more slowly, but always last. */
const mostAtOnce = 3;
const longestDelaySeconds = 600;

/** Puts right what somebody else wrote under our name. What stands at a provider is never evidence: it is only compared. */
@Injectable()
export class ContestedStatuses {
  constructor(
    private readonly channels: Channels,
    private readonly conversations: Conversations,
    private readonly alerts: ForeignStatusAlerts,
  ) {}

  async posted(tx: Tx, fact: StatusPosted): Promise<void> {
    const { repository, commit } = fact;
    const [known] = await rows(tx, 'select 1 from commit_statuses where repository = $1 and commit = $2 for update', [repository, commit]);
    if (!known) return;
    const [about, channel] = [aboutStatusOf(fact), this.channels.forStatuses()];
    const said = (await this.conversations.said(tx, about, channel)).filter((message) => message.kind === 'status');
    const [last] = said;
    const echo = echoOf(fact, said);
    if (!last || echo === 'ours') return;
    const times = echo === 'other' ? await this.alerts.seen(tx, fact, last) : 1;
    await rows(tx, 'update commit_statuses set contested = true where repository = $1 and commit = $2', [repository, commit]);
    await this.conversations.forgetSaid(tx, about, channel);
    await this.conversations.tell(tx, { ...tellingOf(last), about, delayMs: delayMs(times) }, channel, 0);
  }
}

function tellingOf(last: StatusMessage) {
  const { repository, commit, application } = last;
  return { message: { ...last, contested: true as const }, application, repository, commit, causes: [keys.commit(repository, commit)] };
}

function delayMs(times: number): number {
  return times <= mostAtOnce ? 0 : Math.min(2 ** (times - mostAtOnce), longestDelaySeconds) * 1000;
}
