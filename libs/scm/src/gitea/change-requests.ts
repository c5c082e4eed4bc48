import type { ChangeRequests, ConnectTo } from '../client.ts';
import { openedAs } from '../own-change-requests.ts';
import { at } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';

const names = ['number', 'html_url'] as const;

/** Pull requests of Gitea and Forgejo. */
export function giteaChangeRequests(to: ConnectTo): ChangeRequests {
  const edit = async (fullName: string, number: number, body: object): Promise<void> => {
    await callRest(to, { method: 'PATCH', path: [...repositoryPath(fullName), 'pulls', String(number)], body });
  };
  return {
    async open(fullName, { branch, base, title, text }) {
      const path = [...repositoryPath(fullName), 'pulls'];
      const known = await callRest(to, { method: 'GET', path: [...path, base, branch] });
      if (known.found && at(known.json, 'state') === 'open') return openedAs(known.json, names);
      const body = { title, head: branch, base, body: text };
      return openedAs((await callRest(to, { method: 'POST', path, body })).json, names);
    },

    describe: (fullName, number, { title, text }) => edit(fullName, number, { title, body: text }),
    close: (fullName, number) => edit(fullName, number, { state: 'closed' }),
  };
}
