import type { Comments, ConnectTo } from '../client.ts';
import { accountBy, commentsPerPage, pagedComments } from '../comments.ts';
import { at } from '../payload.ts';
import { projectPath } from './project-path.ts';

/** Notes on merge requests of GitLab. */
export function gitlabComments(to: ConnectTo): Comments {
  const list = (fullName: string, number: number): readonly string[] => [
    ...projectPath(fullName),
    ...['merge_requests', String(number), 'notes'],
  ];
  return pagedComments(to, {
    list,
    one: (fullName, number, id) => [...list(fullName, number), id],
    query: (page) => ({ per_page: String(commentsPerPage), page: String(page), sort: 'asc', order_by: 'created_at' }),
    textOf: (one) => at(one, 'body'),
    authorOf: (one) => at(one, 'author', 'id'),
    body: (text) => ({ body: text }),
    change: 'PUT',
    me: () => accountBy(to, { path: ['user'] }, ({ json }) => at(json, 'id')),
  });
}
