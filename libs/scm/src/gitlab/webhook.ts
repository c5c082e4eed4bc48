import { header } from '../headers.ts';
import { at, line } from '../payload.ts';
import { WebhookRefused, type ScmWebhook } from '../provider.ts';
import { baseOf } from '../site.ts';
import { sentSecret } from '../secrets.ts';
import { translateMergeRequest } from './merge-request.ts';
import { translateNote } from './note.ts';
import { toldByGitlab, translateGitlabPush } from './push.ts';
import { translateGitlabRenaming } from './renaming.ts';
import { signedStandard } from './signature.ts';

/** Hooks of the whole installation say in the body what the others say in the header; those of groups do so of their projects. */
const inBody: ReadonlySet<string> = new Set(['system', 'project']);

/** Webhooks of projects, groups and the whole of a GitLab: signed the Standard Webhooks way, or with `X-Gitlab-Token`. */
export const gitlabWebhook: ScmWebhook = {
  keptHeaders: [
    'x-gitlab-event',
    'x-gitlab-event-uuid',
    'x-gitlab-instance',
    'webhook-id',
    'webhook-timestamp',
    'content-type',
    'user-agent',
  ],
  unrepeatable: ['push', 'tag push'],

  verify(headers, rawBody, secrets, now) {
    if (header(headers, 'webhook-signature') !== undefined) return signedStandard(headers, rawBody, secrets, now);
    return sentSecret(secrets, header(headers, 'x-gitlab-token'));
  },

  arrival(headers) {
    const event = header(headers, 'x-gitlab-event');
    if (event === undefined) throw new WebhookRefused('another_provider', 'a request without X-Gitlab-Event does not come from GitLab');
    // A delivery that is repeated keeps its key; the event's id is shared by all hooks that tell it.
    const deliveryId = header(headers, 'idempotency-key') ?? header(headers, 'webhook-id') ?? header(headers, 'x-gitlab-event-uuid');
    if (deliveryId === undefined)
      throw new WebhookRefused('missing_header', 'Idempotency-Key or X-Gitlab-Event-UUID is needed: GitLab 14.9 or later');
    return {
      event: line(event, 64)
        .toLowerCase()
        .replace(/ hook$/, ''),
      deliveryId: line(deliveryId, 128),
    };
  },

  siteOf: (payload) => baseOf(toldByGitlab(payload)),

  translate(event, payload, site) {
    const told = inBody.has(event) ? line(at(payload, 'object_kind') ?? at(payload, 'event_name'), 64).replaceAll('_', ' ') : event;
    if (told === 'push' || told === 'tag push') return translateGitlabPush(payload, site);
    if (told === 'merge request') return translateMergeRequest(payload, site);
    if (told === 'note') return translateNote(payload, site);
    if (told === 'project rename' || told === 'project transfer') return translateGitlabRenaming(payload, site);
    return { ignored: `event "${told}" is not used` };
  },
};
