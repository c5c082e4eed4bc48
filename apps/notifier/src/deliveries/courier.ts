import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { Log, Outbound } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import type { ConfiguredChannel } from '../channels/configured-channel.ts';
import type { Message } from '../channels/message.ts';
import { ProviderCredentials } from '../channels/provider-credentials.ts';
import { foreignRecipients } from '../channels/settings-check.ts';
import { trialMessage } from '../channels/trial-message.ts';
import { NotifierConfig } from '../config.ts';
import type { DueDelivery } from './delivery-rows.ts';
import { outcomeOf, type Outcome } from './outcome.ts';

/** An attempt and what it tried to send. */
export interface Carried {
  readonly outcome: Outcome;
  readonly payload?: string;
  /** Kind of the channel. */
  readonly kind: string;
}

type Sent = Pick<DueDelivery, 'id' | 'message' | 'queuedAt' | 'attemptAt' | 'sent' | 'earlier' | 'uncertainSince'>;

/** Renders one message and hands it to its channel; an attempt always ends in an outcome. */
@Injectable()
export class Courier {
  constructor(
    private readonly channels: Channels,
    private readonly outbound: Outbound,
    private readonly credentials: ProviderCredentials,
    private readonly config: NotifierConfig,
    private readonly log: Log,
  ) {}

  /** Sends a message that says that it is a trial; answers what went wrong, or undefined. */
  async try(channel: ConfiguredChannel, by: string): Promise<string | undefined> {
    const at = new Date();
    const delivery = { message: JSON.stringify(trialMessage(channel.name, by, at)), id: uuidv7(), queuedAt: at, attemptAt: at };
    try {
      const due = { ...delivery, sent: 0, earlier: null, uncertainSince: null };
      await channel.kind.send(this.render(channel, due), this.sendingOf(channel, due));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async carry(delivery: DueDelivery): Promise<Carried> {
    const channel = await this.channels.find(delivery.channel);
    if (!channel) return { outcome: { state: 'dead', reason: 'the channel was removed or is switched off' }, kind: delivery.channel };
    const kind = channel.kind.name;
    const foreign = foreignRecipients(channel.kind, channel.settings, this.config.mailDomains);
    if (foreign.length > 0) return { outcome: { state: 'dead', reason: `mail may not leave to ${foreign[0]}: see MAIL_DOMAINS` }, kind };
    try {
      const payload = this.render(channel, delivery);
      const receipt = await channel.kind.send(payload, this.sendingOf(channel, delivery));
      return { outcome: { state: receipt.kept ? 'kept' : 'delivered', receipt }, payload: JSON.stringify(payload), kind };
    } catch (error) {
      const outcome = outcomeOf(error, delivery.attempts, channel.kind.delays, Math.random);
      if (outcome.state === 'dead' && outcome.gone) await this.channels.switchOff(channel.name, outcome.reason);
      this.log.warn({ error, delivery: delivery.id, channel: channel.name, state: outcome.state }, 'a message was not delivered');
      return { outcome, kind };
    }
  }

  private render(channel: ConfiguredChannel, delivery: Sent): unknown {
    const message = JSON.parse(delivery.message) as Message;
    const { settings } = channel;
    return channel.kind.render(message, { settings, earlier: delivery.sent, host: this.config.linkHost, at: delivery.queuedAt });
  }

  private sendingOf(channel: ConfiguredChannel, delivery: Sent) {
    return {
      settings: channel.settings,
      secrets: channel.secrets(),
      key: delivery.id,
      at: delivery.attemptAt,
      outbound: this.outbound,
      dispatcher: this.outbound.dispatcher,
      credential: (repository: string) => this.credentials.of(repository),
      ...(delivery.earlier !== null && { earlier: delivery.earlier }),
      ...(delivery.uncertainSince && { uncertainSince: delivery.uncertainSince }),
    };
  }
}
