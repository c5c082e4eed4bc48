import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { ConfiguredChannel } from '../channels/configured-channel.ts';
import { contentDigest, newsOf, titleOf, type Message } from '../channels/message.ts';
import { shorten } from '../text/inert.ts';
import { Alarms } from './alarms.ts';

/** Something to tell over several channels. */
export interface Telling {
  /** What the conversation is about: `alert:<id>`, `status:<repository>@<commit>`. */
  readonly about: string;
  readonly message: Message;
  readonly application: string;
  readonly alert?: string;
  readonly repository: string;
  readonly commit: string;
  /** Chain keys of what is told. */
  readonly causes: readonly string[];
  /** How long it waits for what may replace it; the channel's own way when absent. */
  readonly delayMs?: number;
}

/** Of what was said before, so much may still come back to us. */
const mostSaid = 20;

interface Conversation {
  readonly id: string;
  readonly lastDigest: string | null;
  readonly lastNews: string | null;
}

/** Decides what a channel has to be told: nothing twice, and what waits to be sent is replaced by what is known now. */
@Injectable()
export class Conversations {
  constructor(private readonly alarms: Alarms) {}

  async tell(tx: Tx, telling: Telling, channel: ConfiguredChannel, settleMs: number): Promise<void> {
    const said = { digest: contentDigest(telling.message), news: newsOf(telling.message) };
    const conversation = await this.open(tx, telling, channel);
    const onlyNews = channel.kind.tells(channel.settings) === 'news';
    if (conversation.lastDigest === said.digest) return;
    const waiting = await this.replaceWaiting(tx, conversation.id, telling, said);
    if (!waiting) {
      if (onlyNews && conversation.lastNews === said.news) return;
      const afterMs = telling.delayMs ?? (onlyNews ? settleMs : 0);
      await this.queue(tx, conversation.id, telling, { ...said, channel: channel.name, afterMs });
    }
    await rows(tx, 'update conversations set last_digest = $2, last_news = $3 where id = $1', [conversation.id, said.digest, said.news]);
  }

  /** What a channel was told about it, the last first. */
  async said(tx: Tx, about: string, channel: ConfiguredChannel): Promise<readonly Message[]> {
    const told = await rows<{ message: string }>(
      tx,
      `select message from deliveries where conversation = (select id from conversations where about = $1 and channel = $2)
       order by position desc limit ${mostSaid}`,
      [about, channel.name],
    );
    return told.map(({ message }) => JSON.parse(message) as Message);
  }

  /** Names of the channels that were told something about it. */
  async channelsOf(tx: Tx, about: string): Promise<readonly string[]> {
    const told = await rows<{ channel: string }>(tx, 'select channel from conversations where about = $1', [about]);
    return told.map(({ channel }) => channel);
  }

  /** Takes back what nobody has tried to send. True when something was said before, or may have been. */
  async takeBack(tx: Tx, about: string, channel: ConfiguredChannel): Promise<boolean> {
    const [conversation] = await rows<{ id: string; sent: number }>(
      tx,
      'select id, sent from conversations where about = $1 and channel = $2 for update',
      [about, channel.name],
    );
    if (!conversation) return false;
    const { id, sent } = conversation;
    await rows(tx, "delete from deliveries where conversation = $1 and state = 'queued'", [id]);
    await rows(
      tx,
      `update conversations set (last_digest, last_news) =
         (select digest, news from deliveries where conversation = $1 order by position desc limit 1)
       where id = $1`,
      [id],
    );
    const trying = await rows(tx, "select 1 from deliveries where conversation = $1 and state in ('sending', 'retrying') limit 1", [id]);
    return sent > 0 || trying.length > 0;
  }

  /** What was said last is said again when it is told again. */
  async forgetSaid(tx: Tx, about: string, channel: ConfiguredChannel): Promise<void> {
    await rows(tx, 'update conversations set last_digest = null, last_news = null where about = $1 and channel = $2', [
      about,
      channel.name,
    ]);
  }

  /** The row is locked until the end of the transaction: what is told about one thing is told in order. */
  private async open(tx: Tx, telling: Telling, channel: ConfiguredChannel): Promise<Conversation> {
    const { about, application, alert = null, repository, commit } = telling;
    const [, [conversation]] = await Promise.all([
      rows(
        tx,
        `insert into conversations (id, about, channel, kind, application, alert, repository, commit) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (about, channel) do nothing`,
        [uuidv7(), about, channel.name, channel.kind.name, application, alert, repository, commit],
      ),
      rows<Conversation>(
        tx,
        `update conversations set commit = $3, application = $4 where about = $1 and channel = $2
         returning id, last_digest as "lastDigest", last_news as "lastNews"`,
        [about, channel.name, commit, application],
      ),
    ]);
    return conversation!;
  }

  /** A message that nobody has tried to send is brought up to date; not one that tells other news. */
  private async replaceWaiting(tx: Tx, conversation: string, telling: Telling, said: { digest: string; news: string }): Promise<boolean> {
    const anyNews = telling.message.kind !== 'alert';
    const replaced = await rows(
      tx,
      `update deliveries set message = $2, digest = $3, news = $4, summary = $5, causes = $6, commit = $7
       where id = (select id from deliveries where conversation = $1 order by position desc limit 1) and state = 'queued' and ($8 or news = $4)
       returning id`,
      [
        conversation,
        JSON.stringify(telling.message),
        said.digest,
        said.news,
        summaryOf(telling.message),
        [...telling.causes],
        telling.commit,
        anyNews,
      ],
    );
    return replaced.length > 0;
  }

  private async queue(
    tx: Tx,
    conversation: string,
    telling: Telling,
    how: { digest: string; news: string; channel: string; afterMs: number },
  ): Promise<void> {
    await rows(
      tx,
      `insert into deliveries (id, conversation, application, alert, commit, channel, state, message, summary, digest, news, causes, next_at)
       values ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10, $11, clock_timestamp() + make_interval(secs => $12))`,
      [
        uuidv7(),
        conversation,
        telling.application,
        telling.alert ?? null,
        telling.commit,
        how.channel,
        JSON.stringify(telling.message),
        summaryOf(telling.message),
        how.digest,
        how.news,
        [...telling.causes],
        how.afterMs / 1000,
      ],
    );
    await this.alarms.set(tx, telling.message.kind, conversation, how.afterMs > 0 ? new Date(Date.now() + how.afterMs) : undefined);
  }
}

function summaryOf(message: Message): string {
  return shorten(message.kind === 'alert' ? message.summary : `${message.state}: ${titleOf(message)}`, 300);
}
