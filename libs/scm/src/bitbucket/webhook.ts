import { header } from '../headers.ts';
import { signedWith } from '../hmac.ts';
import { at, line } from '../payload.ts';
import { WebhookRefused, type ScmWebhook } from '../provider.ts';
import { baseOf } from '../site.ts';
import { translateCloudPullRequest } from './cloud-pull-request.ts';
import { translateCloudPush } from './cloud-push.ts';
import { translateCloudStatus } from './cloud-status.ts';
import { translateCloudComment, translateDataCenterComment } from './comment-events.ts';
import { translateDataCenterPullRequest } from './data-center-pull-request.ts';
import { translateDataCenterPush } from './data-center-push.ts';
import { translateCloudRenaming, translateDataCenterRenaming } from './renaming.ts';
import { dataCenterAddressing, publicSite, toldByDataCenter } from './told.ts';

const prefix = 'sha256=';

/** Webhooks of Bitbucket Cloud and Data Center: `X-Hub-Signature: sha256=` over the raw body, a header that others fill with SHA-1. */
export const bitbucketWebhook: ScmWebhook = {
  keptHeaders: ['x-event-key', 'x-request-uuid', 'x-request-id', 'x-hook-uuid', 'x-attempt-number', 'content-type', 'user-agent'],
  unrepeatable: [
    ...['repo:push', 'pullrequest:created', 'pullrequest:updated', 'pullrequest:fulfilled'],
    ...['repo:refs_changed', 'pr:opened', 'pr:from_ref_updated', 'pr:merged'],
  ],

  verify(headers, rawBody, secrets) {
    const sent = header(headers, 'x-hub-signature');
    return signedWith(secrets, rawBody, sent?.startsWith(prefix) ? sent.slice(prefix.length) : undefined);
  },

  arrival(headers) {
    const event = header(headers, 'x-event-key');
    if (event === undefined) throw new WebhookRefused('another_provider', 'a request without X-Event-Key does not come from Bitbucket');
    // A delivery that is tried again keeps its id in both; only the Cloud counts the attempts.
    const deliveryId = header(headers, 'x-request-uuid') ?? header(headers, 'x-request-id');
    if (deliveryId === undefined)
      throw new WebhookRefused('missing_header', 'X-Request-UUID (Cloud) or X-Request-Id (Data Center) is needed');
    return { event: line(event, 64), deliveryId: line(deliveryId, 128) };
  },

  siteOf(payload) {
    if (typeof at(payload, 'repository', 'full_name') === 'string') return publicSite;
    return baseOf(toldByDataCenter(payload), dataCenterAddressing);
  },

  /** The names of the events tell Cloud and Data Center apart. */
  translate(event, payload, site) {
    if (event === 'diagnostics:ping') return { ignored: 'ping: the webhook works' };
    if (event === 'repo:push') return translateCloudPush(payload, site);
    if (event === 'repo:refs_changed') return translateDataCenterPush(payload, site);
    if (event === 'repo:updated') return translateCloudRenaming(payload, site);
    if (event === 'repo:modified') return translateDataCenterRenaming(payload, site);
    if (event.startsWith('repo:commit_status_')) return translateCloudStatus(payload, site);
    if (event === 'pullrequest:comment_created') return translateCloudComment(payload, site);
    if (event === 'pr:comment:added') return translateDataCenterComment(payload, site);
    if (event.startsWith('pullrequest:')) return translateCloudPullRequest(event, payload, site);
    if (event.startsWith('pr:')) return translateDataCenterPullRequest(event, payload, site);
    return { ignored: `event "${event}" is not used` };
  },
};
