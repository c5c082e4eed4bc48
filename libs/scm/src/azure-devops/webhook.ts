import { header, type RequestHeaders } from '../headers.ts';
import { at, firstText, line } from '../payload.ts';
import { WebhookRefused, type ScmWebhook } from '../provider.ts';
import { renamingOf } from '../repository-name.ts';
import { sentSecret } from '../secrets.ts';
import { translateAzureComment } from './comment-event.ts';
import { translateAzurePullRequest } from './pull-request.ts';
import { translateAzurePush } from './push.ts';
import { azureRepository, siteOfAzure } from './told.ts';

/** What the button that tests a subscription sends: samples of a company that does not exist. */
const testing = /^0{8}-(?:0{4}-){3}0{12}$/;
const pullRequests = /^git\.pullrequest\.(?:created|updated|merged)$/;

/** Service hooks of Azure DevOps sign nothing: the secret itself comes along, as password or in a header of its own. */
export const azureWebhook: ScmWebhook = {
  keptHeaders: ['x-vss-subscriptionid', 'x-vss-activityid', 'content-type', 'user-agent'],
  unrepeatable: [],
  unsigned: true,

  verify: (headers, _rawBody, secrets) => sentSecret(secrets, header(headers, 'x-webhook-token') ?? passwordIn(headers)),

  /** Nothing in the headers says what it is: notifications have an id of their own in each subscription. */
  arrival(_headers, payload) {
    const [event, id] = [firstText(at(payload, 'eventType')), firstText(at(payload, 'id'))];
    if (event === undefined || id === undefined) {
      throw new WebhookRefused('another_provider', 'a body without id and eventType does not come from a service hook of Azure DevOps');
    }
    const subscription = firstText(at(payload, 'subscriptionId'));
    return { event: line(event, 64), deliveryId: line(subscription === undefined ? id : `${subscription}:${id}`, 128) };
  },

  siteOf: siteOfAzure,

  translate(event, payload, site) {
    if (testing.test(String(at(payload, 'subscriptionId')))) return { ignored: 'a test of the subscription: it works' };
    if (event === 'git.push') return translateAzurePush(payload, site);
    if (event === 'git.repo.renamed') return renamingOf(azureRepository(payload, site));
    if (pullRequests.test(event)) return translateAzurePullRequest(payload, site);
    if (event === 'ms.vss-code.git-pullrequest-comment-event') return translateAzureComment(payload, site);
    return { ignored: `event "${event}" is not used` };
  },
};

/** The password of `Authorization: Basic`; the name before it says nothing. */
function passwordIn(headers: RequestHeaders): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2}) *$/i.exec(header(headers, 'authorization') ?? '') ?? [];
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}
