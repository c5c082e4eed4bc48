import type { Site, Translation } from '../provider.ts';
import { at } from '../payload.ts';
import { pushOf } from '../push.ts';
import { isPath, repositoryAt, type ToldRepository } from '../site.ts';

/** What a payload of GitLab says of its project. */
export function toldByGitlab(payload: unknown): ToldRepository {
  const name = at(payload, 'project', 'path_with_namespace');
  return {
    fullName: typeof name === 'string' && name.includes('/') && isPath(name) ? name : undefined,
    pointer: 'project.path_with_namespace',
    addresses: [at(payload, 'project', 'git_http_url'), at(payload, 'project', 'web_url')],
  };
}

/** A push to a branch or tag. `after` is the tag object of an annotated tag, `checkout_sha` the commit. */
export function translateGitlabPush(payload: unknown, site: Site): Translation {
  return pushOf(
    {
      ref: at(payload, 'ref'),
      before: at(payload, 'before'),
      after: at(payload, 'after'),
      tagged: at(payload, 'checkout_sha'),
      defaultBranch: [at(payload, 'project', 'default_branch')],
      pusher: [at(payload, 'user_username'), at(payload, 'user_name')],
      commits: at(payload, 'commits'),
    },
    { repository: repositoryAt(toldByGitlab(payload), site), source: site.source, order: 'oldest-first' },
  );
}
