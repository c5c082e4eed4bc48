import type { ChangeRequests, ConnectTo } from '../client.ts';
import { firstOf, openedAs } from '../own-change-requests.ts';
import { at } from '../payload.ts';
import { callRest } from '../rest.ts';
import { repositoryPath, version } from './repository-path.ts';
import { azureAddressing } from './told.ts';

/** Longest description that Azure DevOps takes. */
const mostText = 4000;

/** Pull requests of Azure DevOps. */
export function azureChangeRequests(to: ConnectTo): ChangeRequests {
  const place = (fullName: string, ...more: readonly string[]): readonly string[] => [...repositoryPath(fullName), 'pullrequests', ...more];
  // What the API calls the address of a pull request leads to the API.
  const page = (fullName: string, json: unknown): object => {
    const number = at(json, 'pullRequestId');
    return { number, url: `${azureAddressing.webUrl(to.apiUrl, fullName)}/pullrequest/${String(number)}` };
  };
  const edit = async (fullName: string, number: number, body: object): Promise<void> => {
    await callRest(to, { method: 'PATCH', path: place(fullName, String(number)), query: version, body });
  };
  return {
    async open(fullName, { branch, base, title, text }) {
      const [sourceRefName, targetRefName] = [`refs/heads/${branch}`, `refs/heads/${base}`];
      const search = { 'searchCriteria.status': 'active', 'searchCriteria.sourceRefName': sourceRefName };
      const query = { ...version, ...search, 'searchCriteria.targetRefName': targetRefName };
      const known = firstOf(at((await callRest(to, { method: 'GET', path: place(fullName), query })).json, 'value'));
      if (known !== undefined) return openedAs(page(fullName, known), ['number', 'url']);
      const body = { sourceRefName, targetRefName, title, description: text.slice(0, mostText) };
      const { json } = await callRest(to, { method: 'POST', path: place(fullName), query: version, body });
      return openedAs(page(fullName, json), ['number', 'url']);
    },

    describe: (fullName, number, { title, text }) => edit(fullName, number, { title, description: text.slice(0, mostText) }),

    async close(fullName, number) {
      const { json } = await callRest(to, { method: 'GET', path: place(fullName, String(number)), query: version });
      if (at(json, 'status') === 'active') await edit(fullName, number, { status: 'abandoned' });
    },
  };
}
