import type { ChangeRequests, ConnectTo } from '../client.ts';
import { firstOf, openedAs } from '../own-change-requests.ts';
import { callRest, repositoryPath } from '../rest.ts';
import { version } from './version.ts';

const names = ['number', 'html_url'] as const;

/** Pull requests of GitHub. */
export function githubChangeRequests(to: ConnectTo): ChangeRequests {
  const edit = async (fullName: string, number: number, body: object): Promise<void> => {
    await callRest(to, { method: 'PATCH', path: [...repositoryPath(fullName), 'pulls', String(number)], headers: version, body });
  };
  return {
    async open(fullName, { branch, base, title, text }) {
      const path = [...repositoryPath(fullName), 'pulls'];
      const query = { state: 'open', head: `${fullName.split('/')[0]}:${branch}`, base };
      const known = firstOf((await callRest(to, { method: 'GET', path, query, headers: version })).json);
      if (known !== undefined) return openedAs(known, names);
      const body = { title, head: branch, base, body: text, maintainer_can_modify: false };
      return openedAs((await callRest(to, { method: 'POST', path, headers: version, body })).json, names);
    },

    describe: (fullName, number, { title, text }) => edit(fullName, number, { title, body: text }),
    close: (fullName, number) => edit(fullName, number, { state: 'closed' }),
  };
}
