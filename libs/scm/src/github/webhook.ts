import { translateChangeRequest } from '../change-request.ts';
import { header } from '../headers.ts';
import { translateIssueComment } from '../issue-comment.ts';
import { signedWith } from '../hmac.ts';
import { at, line } from '../payload.ts';
import { translateReview } from '../review.ts';
import { translateStatus } from '../posted-status.ts';
import { WebhookRefused, type ScmWebhook } from '../provider.ts';
import { translatePush } from '../push.ts';
import { baseOf, toldByGithubForm } from '../site.ts';
import { translateCheckRun } from './check-run.ts';
import { translateMergeGroup } from './merge-group.ts';
import { reachEvents, translateReach } from './reach.ts';
import { translateRerequest } from './rerequest.ts';

/** Gitea and Forgejo send GitHub's headers beside their own, so theirs tell them apart. */
const othersHeaders = ['x-forgejo-event', 'x-gitea-event', 'x-gogs-event', 'x-gitlab-event'];

/** Webhooks of github.com and GitHub Enterprise Server: `X-Hub-Signature-256` over the raw body. */
export const githubWebhook: ScmWebhook = {
  keptHeaders: ['x-github-event', 'x-github-delivery', 'x-github-hook-id', 'content-type', 'user-agent'],
  unrepeatable: ['push', 'pull_request', 'pull_request_review', 'merge_group'],

  verify(headers, rawBody, secrets) {
    const sent = header(headers, 'x-hub-signature-256');
    return signedWith(secrets, rawBody, sent?.startsWith('sha256=') ? sent.slice('sha256='.length) : undefined);
  },

  arrival(headers) {
    const other = othersHeaders.find((name) => header(headers, name) !== undefined);
    if (other)
      throw new WebhookRefused('another_provider', `a request with ${other} does not come from GitHub: use a source of its own kind`);
    const event = header(headers, 'x-github-event');
    const deliveryId = header(headers, 'x-github-delivery');
    if (event === undefined || deliveryId === undefined) {
      throw new WebhookRefused('missing_header', 'X-GitHub-Event and X-GitHub-Delivery are needed');
    }
    return { event: line(event, 64), deliveryId: line(deliveryId, 128) };
  },

  siteOf: (payload) => baseOf(toldByGithubForm(payload)),

  translate(event, payload, site) {
    if (event === 'ping') return { ignored: 'ping: the webhook works' };
    if (event === 'push') return translatePush(payload, site, 'oldest-first');
    if (event === 'pull_request') return translateChangeRequest(payload, site, 'pull');
    if (event === 'pull_request_review') return translateReview(payload, site);
    if (event === 'merge_group') return translateMergeGroup(payload, site);
    if (event === 'issue_comment') return translateIssueComment(payload, site);
    if (event === 'status') return translateStatus(payload, site);
    if (event === 'check_run' && at(payload, 'action') !== 'rerequested') return translateCheckRun(payload, site);
    if (event === 'check_run' || event === 'check_suite') return translateRerequest(payload, site, event);
    if (reachEvents.has(event)) return translateReach(event, payload);
    return { ignored: `event "${event}" is not used` };
  },
};
