import { at, commit, firstText, idText, line, needed } from '../payload.ts';
import { postedStatus } from '../posted-status.ts';
import type { Site, Translation } from '../provider.ts';
import { repositoryAt, toldByGithubForm } from '../site.ts';
import { statusContext } from '../status.ts';

/** Conclusions that GitHub counts as passed where a check is required. */
const passing: ReadonlySet<unknown> = new Set(['success', 'neutral', 'skipped']);
const telling: ReadonlySet<unknown> = new Set(['created', 'completed']);

/** A check run under our name: any App may write one beside ours. */
export function translateCheckRun(payload: unknown, site: Site): Translation {
  const [action, run] = [line(at(payload, 'action'), 64), at(payload, 'check_run')];
  if (at(run, 'name') !== statusContext || !telling.has(action)) return { ignored: `check_run action "${action}" asks for nothing` };
  const ended = at(run, 'status') === 'completed';
  return postedStatus(repositoryAt(toldByGithubForm(payload), site), site, {
    commit: needed(commit(at(run, 'head_sha')), 'check_run.head_sha', 'a commit id'),
    state: !ended ? 'pending' : passing.has(at(run, 'conclusion')) ? 'passed' : 'failed',
    description: at(run, 'output', 'title'),
    url: at(run, 'details_url'),
    by: line(firstText(at(run, 'app', 'slug'), at(run, 'app', 'name'), at(payload, 'sender', 'login')), 200),
    app: idText(at(run, 'app', 'id')),
  });
}
