import { ScmCallFailed, type ConnectTo, type ScmClient } from '../client.ts';
import { at, commit, isRef } from '../payload.ts';
import { callRest } from '../rest.ts';
import { dataCenterChangeRequests } from './data-center-change-requests.ts';
import { dataCenterComments } from './data-center-comments.ts';
import { projectPath } from './repository-paths.ts';
import { buildStatus } from './status.ts';
import { dataCenterAddressing } from './told.ts';

/** The REST API of Bitbucket Data Center. */
export function connectDataCenter(to: ConnectTo): ScmClient {
  const baseUrl = to.apiUrl.replace(/\/rest\/*$/, '');
  return {
    async setStatus(fullName, id, status) {
      const path = [...projectPath(fullName), 'commits', id, 'builds'];
      const body = buildStatus(status, `${dataCenterAddressing.webUrl(baseUrl, fullName)}/commits/${id}`);
      try {
        await callRest(to, { method: 'POST', path, body });
      } catch (error) {
        if (!(error instanceof ScmCallFailed && error.status === 404)) throw error;
        // Before 7.4 there were only statuses of a commit, whatever its repository.
        await callRest(to, { method: 'POST', path: ['build-status', '1.0', 'commits', id], body });
      }
    },

    async head(fullName, ref) {
      const [, kind, ...name] = isRef(ref) ? ref.split('/') : [];
      if (kind !== 'heads' && kind !== 'tags') return undefined;
      const path = [...projectPath(fullName), 'commits'];
      const answer = await callRest(to, { method: 'GET', path, query: { until: `refs/${kind}/${name.join('/')}`, limit: '1' } });
      const values = at(answer.json, 'values');
      return answer.found && Array.isArray(values) ? commit(at(values[0], 'id')) : undefined;
    },

    changeRequests: dataCenterChangeRequests(to),
    comments: dataCenterComments(to),
  };
}
