import type { Channel } from './channel.ts';
import { email } from './email/email.ts';
import { outbox } from './outbox/outbox.ts';
import { scmComment } from './scm-comment/scm-comment.ts';
import { scmStatus } from './scm-status/scm-status.ts';
import { slack } from './slack/slack.ts';
import { webhook } from './webhook/webhook.ts';

/** Every kind of channel; its folder is named like it. */
export const channelKinds: readonly Channel[] = [slack, email, webhook, scmStatus, scmComment, outbox];

/** Kinds that the platform sets up itself, one channel each under their name; people configure the others. */
export const builtInKinds: readonly string[] = [scmStatus.name, scmComment.name, outbox.name];

/** The kind of that name; undefined for an unknown one. */
export function findChannelKind(name: string): Channel | undefined {
  return channelKinds.find((kind) => kind.name === name);
}
