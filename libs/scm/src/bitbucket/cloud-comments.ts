import type { Comments, ConnectTo } from '../client.ts';
import { accountBy, commentsPerPage, pagedComments } from '../comments.ts';
import { at } from '../payload.ts';
import { repositoryPath } from './repository-paths.ts';

/** Comments on pull requests of Bitbucket Cloud; deleted ones stay in the list, without an author of use. */
export function cloudComments(to: ConnectTo): Comments {
  const list = (fullName: string, number: number): readonly string[] => [
    ...repositoryPath(fullName),
    ...['pullrequests', String(number), 'comments'],
  ];
  return pagedComments(to, {
    list,
    one: (fullName, number, id) => [...list(fullName, number), id],
    query: (page) => ({ pagelen: String(commentsPerPage), page: String(page), sort: 'created_on' }),
    listAt: 'values',
    textOf: (one) => (at(one, 'deleted') === true ? undefined : at(one, 'content', 'raw')),
    authorOf: (one) => at(one, 'user', 'uuid'),
    body: (text) => ({ content: { raw: text } }),
    change: 'PUT',
    me: () => accountBy(to, { path: ['user'] }, ({ json }) => at(json, 'uuid')),
  });
}
