import { Text, Texts } from '@throughline/contracts';
import { eventBody, eventType } from '../../rendering/event-message.ts';
import { retryAfterOf } from '../answers.ts';
import { SendFailed, type Channel } from '../channel.ts';
import type { AlertMessage } from '../message.ts';
import { secretBytes, signedHeaders } from './signature.ts';

export class WebhookSettings {
  @Text(2048) url: string;
}

export class WebhookSecrets {
  /** One or two active `whsec_` secrets, the newer one first. */
  @Texts(2, 128) signing: string[];
}

const minutes = 60;
const hours = 3600;

/** Signed webhooks by Standard Webhooks 1.0.0. */
export const webhook: Channel<AlertMessage, WebhookSettings, WebhookSecrets, string> = {
  name: 'webhook',
  takes: 'alert',
  settings: WebhookSettings,
  secrets: WebhookSecrets,
  delays: [5, 5 * minutes, 30 * minutes, 2 * hours, 5 * hours, 10 * hours, 14 * hours, 20 * hours, 24 * hours],
  tells: () => 'changes',
  origin: (settings) => URL.parse(settings.url)?.origin ?? '',

  fault(settings, secrets) {
    const url = URL.parse(settings.url);
    if (!url || !['http:', 'https:'].includes(url.protocol)) return 'settings.url is not an http or https address';
    if (url.username || url.password) return 'settings.url holds a password: the receiver knows us by the signature';
    if (!secrets.signing || secrets.signing.length === 0) return 'secrets.signing is missing: give one or two whsec_ secrets';
    try {
      secrets.signing.forEach(secretBytes);
      return undefined;
    } catch (error) {
      return `secrets.signing: ${(error as Error).message}`;
    }
  },

  render: (message, at) => eventBody(message, eventType(message, at.earlier === 0), at.at),

  async send(body, context) {
    const answer = await context.outbound.send({
      method: 'POST',
      url: context.settings.url,
      headers: { 'content-type': 'application/json', ...signedHeaders(context.key, context.at, body, context.secrets.signing) },
      body,
    });
    if (answer.status >= 200 && answer.status <= 299) return { id: context.key };
    if (answer.status === 410) throw new SendFailed('refused', 'the receiver answered 410: it wants no more messages', undefined, true);
    throw new SendFailed('not_sent', `the receiver answered ${answer.status}`, retryAfterOf(answer));
  },
};
