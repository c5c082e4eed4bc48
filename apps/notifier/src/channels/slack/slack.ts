import { Maybe, OneOf, Text } from '@throughline/contracts';
import { slackMessage, type SlackMessage } from '../../rendering/slack-message.ts';
import { SendFailed, type Channel, type Sending } from '../channel.ts';
import type { AlertMessage } from '../message.ts';
import { answerOf, hookAnswerOf } from './slack-answer.ts';

export class SlackSettings {
  /** `incoming-webhook` can only post; `web-api` edits its message in place. */
  @OneOf(['incoming-webhook', 'web-api']) mode: 'incoming-webhook' | 'web-api';
  /** Channel id, for the Web API. */
  @Maybe() @Text(80) channel?: string;
  @Maybe() @Text(2048) apiUrl?: string;
}

export class SlackSecrets {
  @Maybe() @Text(2048) webhookUrl?: string;
  /** Bot token with `chat:write`; with the history scope of the channel a message whose sending broke off is found again. */
  @Maybe() @Text(512) token?: string;
}

type SlackSending = Sending<SlackSettings, SlackSecrets>;

const slackApi = 'https://slack.com/api';
const markerType = 'throughline_message';

/** Slack, by incoming webhook or Web API. */
export const slack: Channel<AlertMessage, SlackSettings, SlackSecrets, SlackMessage> = {
  name: 'slack',
  takes: 'alert',
  settings: SlackSettings,
  secrets: SlackSecrets,
  delays: [5, 30, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800],
  tells: (settings) => (settings.mode === 'web-api' ? 'changes' : 'news'),
  origin: (settings) => (settings.mode === 'web-api' ? (URL.parse(settings.apiUrl ?? slackApi)?.origin ?? '') : 'incoming-webhook'),

  fault(settings, secrets) {
    if (settings.mode === 'incoming-webhook')
      return secrets.webhookUrl ? undefined : 'secrets.webhookUrl is missing: copy it from the Slack app';
    if (!settings.channel) return 'settings.channel is missing: give the id of the Slack channel';
    return secrets.token ? undefined : 'secrets.token is missing: give the bot token of the Slack app';
  },

  render: (message) => slackMessage(message),

  async send(payload, context) {
    if (context.settings.mode === 'incoming-webhook') return { id: await postToHook(payload, context) };
    if (context.earlier !== undefined) {
      const updated = await update(payload, context, context.earlier);
      if (updated) return { id: updated };
    } else if (context.uncertainSince) {
      const found = await search(context, context.uncertainSince);
      if (found) return { id: found };
    }
    return { id: await post(payload, context) };
  },
};

async function postToHook(payload: SlackMessage, context: SlackSending): Promise<string> {
  const answer = await context.outbound.send({
    method: 'POST',
    url: context.secrets.webhookUrl!,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ ...payload, unfurl_links: false, unfurl_media: false }),
  });
  hookAnswerOf(answer);
  return context.key;
}

async function post(payload: SlackMessage, context: SlackSending): Promise<string> {
  const answer = await call(context, 'chat.postMessage', {
    ...payload,
    channel: context.settings.channel,
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: markerType, event_payload: { key: context.key } },
  });
  return `${String(answer['channel'])}/${String(answer['ts'])}`;
}

/** Edits the message; undefined when somebody deleted it, or when it was posted by a webhook, which tells no place. */
async function update(payload: SlackMessage, context: SlackSending, receipt: string): Promise<string | undefined> {
  const [channel, ts] = receipt.split('/');
  if (ts === undefined) return undefined;
  try {
    await call(context, 'chat.update', { ...payload, channel, ts });
    return receipt;
  } catch (error) {
    if (error instanceof SendFailed && /message_not_found|cant_update_message/.test(error.message)) return undefined;
    throw error;
  }
}

/** Looks for a message of ours whose posting broke off; not allowed to look means not found, and it is posted again. */
async function search(context: SlackSending, since: Date): Promise<string | undefined> {
  const { channel } = context.settings;
  const oldest = String(Math.floor(since.getTime() / 1000) - 60);
  try {
    const answer = await call(context, 'conversations.history', { channel, oldest, limit: 100, include_all_metadata: true });
    const messages = Array.isArray(answer['messages']) ? (answer['messages'] as SlackHistoryMessage[]) : [];
    const ours = messages.find(({ metadata }) => metadata?.event_type === markerType && metadata.event_payload?.key === context.key);
    return ours ? `${channel}/${ours.ts}` : undefined;
  } catch (error) {
    if (error instanceof SendFailed && error.outcome === 'refused') return undefined;
    throw error;
  }
}

interface SlackHistoryMessage {
  readonly ts: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly key?: string } };
}

async function call(context: SlackSending, method: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await context.outbound.send({
    method: 'POST',
    url: `${(context.settings.apiUrl ?? slackApi).replace(/\/+$/, '')}/${method}`,
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${context.secrets.token}` },
    body: JSON.stringify(body),
  });
  return answerOf(method, answer);
}
