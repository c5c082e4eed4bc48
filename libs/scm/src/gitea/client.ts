import type { ConnectTo, ScmClient } from '../client.ts';
import { at, commit, isRef } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';
import { statusBody } from '../status.ts';
import { giteaChangeRequests } from './change-requests.ts';
import { giteaComments } from './comments.ts';

/** The API of Gitea and Forgejo; Gogs has no commit statuses and answers 404. */
export function connectGitea(to: ConnectTo): ScmClient {
  return {
    async setStatus(fullName, id, status) {
      const path = [...repositoryPath(fullName), 'statuses', id];
      await callRest(to, { method: 'POST', path, body: statusBody(status) });
    },

    async head(fullName, ref) {
      const [, kind, ...name] = isRef(ref) ? ref.split('/') : [];
      if (kind !== 'heads' && kind !== 'tags') return undefined;
      const path = [...repositoryPath(fullName), kind === 'heads' ? 'branches' : 'tags', ...name];
      const answer = await callRest(to, { method: 'GET', path });
      const found = at(answer.json, 'commit', kind === 'heads' ? 'id' : 'sha');
      return answer.found ? commit(found) : undefined;
    },

    changeRequests: giteaChangeRequests(to),
    comments: giteaComments(to),
  };
}
