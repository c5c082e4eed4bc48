import type { Site, Translation } from '../provider.ts';
import { at, hostIdOf } from '../payload.ts';
import { pushOf } from '../push.ts';
import { isPath, repositoryAt, type ToldRepository } from '../site.ts';

/** What a payload of GitLab says of its project. */
export function toldByGitlab(payload: unknown): ToldRepository {
  return {
    fullName: projectName(at(payload, 'project', 'path_with_namespace')),
    pointer: 'project.path_with_namespace',
    addresses: [at(payload, 'project', 'git_http_url'), at(payload, 'project', 'web_url')],
    hostId: hostIdOf(at(payload, 'project', 'id') ?? at(payload, 'project_id')),
  };
}

/** The path of a project with its groups; undefined for what can be none. */
export function projectName(path: unknown): string | undefined {
  return typeof path === 'string' && path.includes('/') && isPath(path) ? path : undefined;
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
