import { at, line } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { pushOf } from '../push.ts';
import { repositoryAt, toldByGithubForm } from '../site.ts';

/** A merge queue waits for our answer at a commit of its own: it is judged like a push of it. */
export function translateMergeGroup(payload: unknown, site: Site): Translation {
  const action = line(at(payload, 'action'), 64);
  if (action !== 'checks_requested') return { ignored: `merge group action "${action}" asks for nothing` };
  const group = at(payload, 'merge_group');
  return pushOf(
    {
      ref: at(group, 'head_ref'),
      before: at(group, 'base_sha'),
      after: at(group, 'head_sha'),
      defaultBranch: [at(payload, 'repository', 'default_branch')],
      pusher: [at(payload, 'sender', 'login')],
      commits: [at(group, 'head_commit')],
    },
    { repository: repositoryAt(toldByGithubForm(payload), site), source: site.source, order: 'oldest-first' },
  );
}
