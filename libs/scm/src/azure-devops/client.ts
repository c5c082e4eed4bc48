import type { ConnectTo, ScmClient, Verdict } from '../client.ts';
import { at, commit, isRef, line, listOf, positive } from '../payload.ts';
import { callRest } from '../rest.ts';
import { azureChangeRequests } from './change-requests.ts';
import { azureComments } from './comments.ts';
import { repositoryPath, version } from './repository-path.ts';

/** `notApplicable` and `notSet` stop nothing: what could not be judged is an error. */
const states: Readonly<Record<Verdict, string>> = {
  pending: 'pending',
  pass: 'succeeded',
  warn: 'succeeded',
  released: 'succeeded',
  deny: 'failed',
  undecided: 'error',
};
const genre = 'security';
const mostText = 255;
const mostRequests = '500';

/** The REST API of Azure DevOps Services and Server, below the organisation or collection. */
export function connectAzure(to: ConnectTo): ScmClient {
  return {
    async setStatus(fullName, id, status) {
      const body = {
        state: states[status.verdict],
        description: line(status.text, mostText),
        context: { name: line(status.context, 100), genre },
        ...(status.url === undefined ? {} : { targetUrl: status.url }),
      };
      await callRest(to, { method: 'POST', path: [...repositoryPath(fullName), 'commits', id, 'statuses'], query: version, body });
      // Policies of a branch look at statuses of pull requests, never at those of commits.
      for (const number of await requestsAt(to, fullName, id)) {
        const path = [...repositoryPath(fullName), 'pullrequests', String(number), 'statuses'];
        await callRest(to, { method: 'POST', path, query: version, body });
      }
    },

    async head(fullName, ref) {
      if (!isRef(ref)) return undefined;
      const name = ref.slice('refs/'.length);
      const query = { ...version, filter: name, peelTags: 'true' };
      const { found, json } = await callRest(to, { method: 'GET', path: [...repositoryPath(fullName), 'refs'], query });
      const exact = (found ? listOf(at(json, 'value')) : []).find((one) => at(one, 'name') === ref);
      return commit(at(exact, 'peeledObjectId')) ?? commit(at(exact, 'objectId'));
    },

    changeRequests: azureChangeRequests(to),
    comments: azureComments(to),
  };
}

/** The open pull requests whose head is the commit. */
async function requestsAt(to: ConnectTo, fullName: string, id: string): Promise<number[]> {
  const query = { ...version, 'searchCriteria.status': 'active', $top: mostRequests };
  const { json } = await callRest(to, { method: 'GET', path: [...repositoryPath(fullName), 'pullrequests'], query });
  return listOf(at(json, 'value'))
    .filter((one) => at(one, 'lastMergeSourceCommit', 'commitId') === id)
    .flatMap((one) => positive(at(one, 'pullRequestId')) ?? []);
}

/** An object of a repository by its path; undefined where there is none. */
export async function readAzure(to: ConnectTo, fullName: string, ...path: readonly string[]): Promise<unknown> {
  const { found, json } = await callRest(to, { method: 'GET', path: [...repositoryPath(fullName), ...path], query: version });
  return found ? json : undefined;
}
