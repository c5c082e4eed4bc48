import { ScmCallFailed, type ConnectTo, type ScmClient, type Verdict } from '../client.ts';
import { at, commit, isRef, line } from '../payload.ts';
import { callRest } from '../rest.ts';
import { gitlabChangeRequests } from './change-requests.ts';
import { gitlabComments } from './comments.ts';
import { projectPath } from './project-path.ts';

/** GitLab has no state for "not judged": only `success` lets a merge through where pipelines must succeed. */
const states: Readonly<Record<Verdict, string>> = {
  pending: 'pending',
  pass: 'success',
  warn: 'success',
  released: 'success',
  deny: 'failed',
  undecided: 'failed',
};
const mostText = 255;

/** GitLab's REST API, version 4. */
export function connectGitlab(to: ConnectTo): ScmClient {
  return {
    async setStatus(fullName, id, status) {
      const body = {
        state: states[status.verdict],
        name: line(status.context, 100),
        description: line(status.text, mostText),
        ...(status.url === undefined ? {} : { target_url: status.url }),
      };
      try {
        await callRest(to, { method: 'POST', path: [...projectPath(fullName), 'statuses', id], body });
      } catch (error) {
        // The state is there already: "Cannot transition status via :run from :running".
        if (!(error instanceof ScmCallFailed && error.status === 400 && /transition/i.test(error.said ?? ''))) throw error;
      }
    },

    async head(fullName, ref) {
      const [, kind, ...name] = isRef(ref) ? ref.split('/') : [];
      if (kind !== 'heads' && kind !== 'tags') return undefined;
      const path = [...projectPath(fullName), 'repository', kind === 'heads' ? 'branches' : 'tags', name.join('/')];
      const answer = await callRest(to, { method: 'GET', path });
      return answer.found ? commit(at(answer.json, 'commit', 'id')) : undefined;
    },

    changeRequests: gitlabChangeRequests(to),
    comments: gitlabComments(to),
  };
}
