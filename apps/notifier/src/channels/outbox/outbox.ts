import { mailMessage, type MailMessage } from '../../rendering/mail-message.ts';
import { slackMessage, type SlackMessage } from '../../rendering/slack-message.ts';
import type { Channel } from '../channel.ts';
import type { AlertMessage } from '../message.ts';

export class OutboxSettings {}

export class OutboxSecrets {}

/** What people would have got. */
export interface OutboxPayload {
  readonly slack: SlackMessage;
  readonly email: MailMessage;
}

/** Keeps what would have been sent, for people who have no accounts yet: nothing leaves the installation. */
export const outbox: Channel<AlertMessage, OutboxSettings, OutboxSecrets, OutboxPayload> = {
  name: 'outbox',
  takes: 'alert',
  settings: OutboxSettings,
  secrets: OutboxSecrets,
  delays: [],
  tells: () => 'changes',
  origin: () => 'here',
  fault: () => undefined,
  render: (message) => ({ slack: slackMessage(message), email: mailMessage(message) }),
  send: async (_payload, context) => ({ id: context.key, kept: true }),
};
