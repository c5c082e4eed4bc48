import { at, branchRef, line } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { pushOf } from '../push.ts';
import { repositoryAt, toldByGithubForm } from '../site.ts';

/** Somebody wants a check to run again: the evidence of its commit is collected anew. Only the App whose check it is hears of that. */
export function translateRerequest(payload: unknown, site: Site, event: 'check_run' | 'check_suite'): Translation {
  const action = line(at(payload, 'action'), 64);
  if (action !== 'rerequested') return { ignored: `${event} action "${action}" asks for nothing` };
  const suite = event === 'check_run' ? at(payload, 'check_run', 'check_suite') : at(payload, 'check_suite');
  const ref = branchRef(at(suite, 'head_branch'));
  if (ref === undefined) return { ignored: 'the run names no branch of this repository: a fork is judged again when it is pushed' };
  const told = {
    ...{ ref, before: undefined, after: at(suite, 'head_sha'), commits: [] },
    defaultBranch: [at(payload, 'repository', 'default_branch')],
    pusher: [at(payload, 'sender', 'login')],
    rescan: true,
  };
  return pushOf(told, { repository: repositoryAt(toldByGithubForm(payload), site), source: site.source, order: 'oldest-first' });
}
