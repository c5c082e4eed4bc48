import type { ConnectTo } from '../client.ts';
import { hooksBy } from '../hooks.ts';
import type { ScmHooks } from '../kept-hook.ts';
import { at } from '../payload.ts';
import { projectPath } from './project-path.ts';

const switches = ['push_events', 'tag_push_events', 'merge_requests_events', 'note_events'];

/** The webhooks of a project at GitLab, which switches those off that fail for long. */
export function gitlabHooks(to: ConnectTo): ScmHooks {
  return hooksBy(to, {
    path: (fullName) => [...projectPath(fullName), 'hooks'],
    query: { per_page: '100' },
    urlOf: (hook) => at(hook, 'url'),
    active: (hook) => at(hook, 'alert_status') !== 'disabled',
    sends: (hook) => switches.every((name) => at(hook, name) === true),
    body: ({ url, secret }) => ({
      url,
      token: secret,
      enable_ssl_verification: true,
      ...Object.fromEntries(switches.map((name) => [name, true])),
    }),
    change: 'PUT',
  });
}
