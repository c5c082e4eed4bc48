import type { ConnectTo } from '../client.ts';
import { hasAll, hooksBy } from '../hooks.ts';
import type { ScmHooks } from '../kept-hook.ts';
import { at } from '../payload.ts';
import { repositoryPath } from '../rest.ts';

/** Not all versions know or name the finer ones alike when they answer: only the first three are compared. */
const events = [
  ...['push', 'pull_request', 'pull_request_comment', 'pull_request_sync'],
  ...['pull_request_review_approved', 'pull_request_review_rejected', 'status'],
];

/** The webhooks of a repository at Gitea or Forgejo. */
export function giteaHooks(to: ConnectTo): ScmHooks {
  return hooksBy(to, {
    path: (fullName) => [...repositoryPath(fullName), 'hooks'],
    query: { limit: '50' },
    urlOf: (hook) => at(hook, 'config', 'url'),
    active: (hook) => at(hook, 'active') === true,
    sends: (hook) => hasAll(at(hook, 'events'), events.slice(0, 3)) && at(hook, 'config', 'content_type') === 'json',
    body: ({ url, secret }) => ({ type: 'gitea', active: true, events, config: { url, secret, content_type: 'json' } }),
    change: 'PATCH',
  });
}
