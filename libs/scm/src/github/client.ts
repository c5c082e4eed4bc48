import type { ConnectTo, ScmClient } from '../client.ts';
import { at, commit, isRef } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';
import { statusBody } from '../status.ts';
import { githubChangeRequests } from './change-requests.ts';
import { githubChecks } from './checks.ts';
import { githubComments } from './comments.ts';
import { version } from './version.ts';

/** GitHub's REST API, of github.com or an Enterprise Server. */
export function connectGithub(to: ConnectTo): ScmClient {
  return {
    async setStatus(fullName, id, status) {
      const path = [...repositoryPath(fullName), 'statuses', id];
      await callRest(to, { method: 'POST', path, headers: version, body: statusBody(status) });
    },

    async head(fullName, ref) {
      if (!isRef(ref)) return undefined;
      const path = [...repositoryPath(fullName), 'commits', ...ref.split('/').slice(1)];
      const answer = await callRest(to, { method: 'GET', path, headers: version });
      return answer.found ? commit(at(answer.json, 'sha')) : undefined;
    },

    changeRequests: githubChangeRequests(to),
    comments: githubComments(to),
    ...(to.app === undefined ? {} : { checks: githubChecks(to, to.app) }),
  };
}
