import type { Comments, ConnectTo } from '../client.ts';
import { accountBy, pagedComments } from '../comments.ts';
import { at } from '../payload.ts';
import { repositoryPath } from '../rest.ts';

/** Comments on pull requests of Gitea and Forgejo, which list all those of one at once. */
export function giteaComments(to: ConnectTo): Comments {
  const issues = (fullName: string): readonly string[] => [...repositoryPath(fullName), 'issues'];
  return pagedComments(to, {
    list: (fullName, number) => [...issues(fullName), String(number), 'comments'],
    one: (fullName, _number, id) => [...issues(fullName), 'comments', id],
    textOf: (one) => at(one, 'body'),
    authorOf: (one) => at(one, 'user', 'id'),
    body: (text) => ({ body: text }),
    change: 'PATCH',
    me: () => accountBy(to, { path: ['user'] }, ({ json }) => at(json, 'id')),
  });
}
