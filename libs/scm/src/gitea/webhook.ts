import { translateChangeRequest } from '../change-request.ts';
import { header, type RequestHeaders } from '../headers.ts';
import { signedWith } from '../hmac.ts';
import { translateIssueComment } from '../issue-comment.ts';
import { line } from '../payload.ts';
import { translateStatus } from '../posted-status.ts';
import { WebhookRefused, type ScmWebhook } from '../provider.ts';
import { translatePush } from '../push.ts';
import { translateReview } from '../review.ts';
import { baseOf, toldByGithubForm } from '../site.ts';

/** Gitea and Forgejo say in the name of the event what a review says. */
const reviewStates: Readonly<Record<string, string>> = {
  pull_request_approved: 'approved',
  pull_request_review_approved: 'approved',
  pull_request_rejected: 'changes_requested',
  pull_request_review_rejected: 'changes_requested',
};

/** Forgejo sends Gitea's and Gogs' headers too, Gitea sends Gogs': the first family that is there speaks. */
const families = ['x-forgejo', 'x-gitea', 'x-gogs'];

function withState(payload: unknown, state: string): unknown {
  return typeof payload === 'object' && payload !== null ? { ...payload, review: { state } } : payload;
}

function familyOf(headers: RequestHeaders): string | undefined {
  return families.find((family) => header(headers, `${family}-event`) !== undefined);
}

/** Webhooks of Gitea, Forgejo and Gogs: `X-…-Signature` is the bare hex HMAC over the raw body. */
export const giteaWebhook: ScmWebhook = {
  keptHeaders: [
    ...families.flatMap((family) => [`${family}-event`, `${family}-event-type`, `${family}-delivery`]),
    'content-type',
    'user-agent',
  ],
  unrepeatable: ['push', 'pull_request'],

  verify(headers, rawBody, secrets) {
    const sent = families.map((family) => header(headers, `${family}-signature`)).find((value) => value !== undefined);
    return signedWith(secrets, rawBody, sent);
  },

  arrival(headers) {
    const family = familyOf(headers);
    if (family === undefined) {
      throw new WebhookRefused('another_provider', 'a request without X-Gitea-Event, X-Forgejo-Event or X-Gogs-Event is not of this kind');
    }
    const deliveryId = header(headers, `${family}-delivery`);
    if (deliveryId === undefined) throw new WebhookRefused('missing_header', `${family}-delivery is needed`);
    return { event: line(header(headers, `${family}-event`), 64), deliveryId: line(deliveryId, 128) };
  },

  siteOf: (payload) => baseOf(toldByGithubForm(payload)),

  translate(event, payload, site) {
    if (event === 'ping') return { ignored: 'ping: the webhook works' };
    if (event === 'push') return translatePush(payload, site, 'newest-first');
    if (event === 'pull_request' || event === 'pull_request_sync') return translateChangeRequest(payload, site, 'pulls');
    if (Object.hasOwn(reviewStates, event)) return translateReview(withState(payload, reviewStates[event]!), site);
    if (event === 'issue_comment') return translateIssueComment(payload, site);
    if (event === 'status') return translateStatus(payload, site);
    return { ignored: `event "${event}" is not used` };
  },
};
