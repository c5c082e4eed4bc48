import type { ConnectTo } from '../client.ts';
import { hasAll, hooksBy } from '../hooks.ts';
import type { ScmHooks } from '../kept-hook.ts';
import { at } from '../payload.ts';
import { repositoryPath } from '../rest.ts';
import { version } from './version.ts';

const events = ['push', 'pull_request', 'pull_request_review', 'merge_group', 'status', 'check_run', 'issue_comment'];

/** The webhooks of a repository at GitHub; a change without the secret would take it away. */
export function githubHooks(to: ConnectTo): ScmHooks {
  return hooksBy(to, {
    path: (fullName) => [...repositoryPath(fullName), 'hooks'],
    query: { per_page: '100' },
    headers: version,
    urlOf: (hook) => at(hook, 'config', 'url'),
    active: (hook) => at(hook, 'active') === true,
    sends: (hook) => hasAll(at(hook, 'events'), events) && at(hook, 'config', 'content_type') === 'json',
    body: ({ url, secret }) => ({ name: 'web', active: true, events, config: { url, secret, content_type: 'json', insecure_ssl: '0' } }),
    change: 'PATCH',
  });
}
