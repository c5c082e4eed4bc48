import type { ConnectTo } from '../client.ts';
import { hasAll, hooksBy } from '../hooks.ts';
import type { ScmHooks } from '../kept-hook.ts';
import { at } from '../payload.ts';
import { projectPath, repositoryPath } from './repository-paths.ts';

const ofCloud = [
  ...[
    'repo:push',
    'repo:updated',
    'pullrequest:created',
    'pullrequest:updated',
    'pullrequest:fulfilled',
    'pullrequest:rejected',
    'pullrequest:approved',
    'pullrequest:unapproved',
  ],
  ...['pullrequest:changes_request_created', 'pullrequest:changes_request_removed'],
  ...['repo:commit_status_created', 'repo:commit_status_updated', 'pullrequest:comment_created'],
];
const ofDataCenter = [
  ...['repo:refs_changed', 'repo:modified', 'pr:opened', 'pr:from_ref_updated', 'pr:modified', 'pr:merged', 'pr:declined', 'pr:deleted'],
  ...['pr:reviewer:approved', 'pr:reviewer:unapproved', 'pr:reviewer:needs_work', 'pr:comment:added'],
];
const name = 'Throughline';

/** The webhooks of a repository at Bitbucket Cloud. */
export function cloudHooks(to: ConnectTo): ScmHooks {
  return hooksBy(to, {
    path: (fullName) => [...repositoryPath(fullName), 'hooks'],
    query: { pagelen: '100' },
    listAt: 'values',
    idAt: 'uuid',
    urlOf: (hook) => at(hook, 'url'),
    active: (hook) => at(hook, 'active') === true,
    sends: (hook) => hasAll(at(hook, 'events'), ofCloud) && at(hook, 'secret_set') !== false,
    body: ({ url, secret }) => ({ description: name, url, secret, active: true, events: ofCloud, skip_cert_verification: false }),
    change: 'PUT',
  });
}

/** The webhooks of a repository at Bitbucket Data Center. */
export function dataCenterHooks(to: ConnectTo): ScmHooks {
  return hooksBy(to, {
    path: (fullName) => [...projectPath(fullName), 'webhooks'],
    query: { limit: '100' },
    listAt: 'values',
    urlOf: (hook) => at(hook, 'url'),
    active: (hook) => at(hook, 'active') === true,
    sends: (hook) => hasAll(at(hook, 'events'), ofDataCenter),
    body: ({ url, secret }) => ({
      name,
      url,
      active: true,
      events: ofDataCenter,
      configuration: { secret },
      sslVerificationRequired: true,
    }),
    change: 'PUT',
  });
}
