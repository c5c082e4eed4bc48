import type { Comments, ConnectTo } from '../client.ts';
import { accountBy, commentsPerPage, pagedComments } from '../comments.ts';
import { at } from '../payload.ts';
import { repositoryPath } from '../rest.ts';
import { version } from './version.ts';

/** Comments on pull requests of GitHub, where a pull request is an issue. */
export function githubComments(to: ConnectTo): Comments {
  const issues = (fullName: string): readonly string[] => [...repositoryPath(fullName), 'issues'];
  return pagedComments(to, {
    list: (fullName, number) => [...issues(fullName), String(number), 'comments'],
    one: (fullName, _number, id) => [...issues(fullName), 'comments', id],
    query: (page) => ({ per_page: String(commentsPerPage), page: String(page) }),
    headers: version,
    textOf: (one) => at(one, 'body'),
    // An App has no account that it could ask for: what it writes bears its id.
    authorOf: (one) => (to.app === undefined ? at(one, 'user', 'id') : at(one, 'performed_via_github_app', 'id')),
    body: (text) => ({ body: text }),
    change: 'PATCH',
    me: async () => to.app ?? accountBy(to, { path: ['user'], headers: version }, ({ json }) => at(json, 'id')),
  });
}
