import type { ChangeRequests, ConnectTo } from '../client.ts';
import { openedAs } from '../own-change-requests.ts';
import { at, listOf } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';

const names = ['number', 'html_url'] as const;

/** Each of them repeats two repositories in full, some 15 kB. */
const page = { limit: 50, mostBytes: 8 * 1024 * 1024 };
const mostPages = 20;

/** Pull requests of Gitea and Forgejo. */
export function giteaChangeRequests(to: ConnectTo): ChangeRequests {
  const edit = async (fullName: string, number: number, body: object): Promise<void> => {
    await callRest(to, { method: 'PATCH', path: [...repositoryPath(fullName), 'pulls', String(number)], body });
  };
  return {
    async open(fullName, { branch, base, title, text }) {
      const path = [...repositoryPath(fullName), 'pulls'];
      const known = await openOne(to, path, { branch, base });
      if (known !== undefined) return openedAs(known, names);
      const body = { title, head: branch, base, body: text };
      return openedAs((await callRest(to, { method: 'POST', path, body })).json, names);
    },

    describe: (fullName, number, { title, text }) => edit(fullName, number, { title, body: text }),
    close: (fullName, number) => edit(fullName, number, { state: 'closed' }),
  };
}

interface Branches {
  readonly branch: string;
  readonly base: string;
}

/** Of several between two branches Gitea names any one, be it closed: then those that are open are looked through. */
async function openOne(to: ConnectTo, path: readonly string[], { branch, base }: Branches): Promise<unknown> {
  const { found, json } = await callRest(to, { method: 'GET', path: [...path, base, branch] });
  if (!found || at(json, 'state') === 'open') return json;
  for (let number = 1; number <= mostPages; number++) {
    const query = { state: 'open', base_branch: base, sort: 'recentupdate', limit: String(page.limit), page: String(number) };
    const open = listOf((await callRest(to, { method: 'GET', path, query, mostBytes: page.mostBytes })).json);
    const ours = open.find((one) => at(one, 'head', 'ref') === branch && at(one, 'base', 'ref') === base && isOfOneRepository(one));
    if (ours !== undefined || open.length === 0) return ours;
  }
  return undefined;
}

/** A fork may have a branch of the same name. */
function isOfOneRepository(pull: unknown): boolean {
  return at(pull, 'head', 'repo_id') === at(pull, 'base', 'repo_id');
}
