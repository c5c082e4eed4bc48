import { ScmCallFailed, type Comments, type ConnectTo } from '../client.ts';
import { accountBy, commentsBy, mostBytesOfComments } from '../comments.ts';
import { at, firstText, idText, listOf } from '../payload.ts';
import { callRest, idNamed } from '../rest.ts';
import { repositoryPath, version } from './repository-path.ts';

/** Comments on pull requests of Azure DevOps: the first of a thread of its own. The id names both. */
export function azureComments(to: ConnectTo): Comments {
  const threads = (fullName: string, number: number, ...more: readonly string[]): readonly string[] => [
    ...repositoryPath(fullName),
    ...['pullRequests', String(number), 'threads', ...more],
  ];
  return commentsBy({
    me: () => accountBy(to, { path: ['_apis', 'connectionData'] }, ({ json }) => at(json, 'authenticatedUser', 'id')),

    async page(fullName, number) {
      const call = { path: threads(fullName, number), query: version, mostBytes: mostBytesOfComments };
      const { json } = await callRest(to, { method: 'GET', ...call });
      const comments = listOf(at(json, 'value')).flatMap((thread) => {
        const first = listOf(at(thread, 'comments'))[0];
        const [of, id, text] = [idText(at(thread, 'id')), idText(at(first, 'id')), at(first, 'content')];
        if (of === undefined || id === undefined || typeof text !== 'string' || at(first, 'isDeleted') === true) return [];
        return [{ id: `${of}/${id}`, text, author: firstText(at(first, 'author', 'id')) }];
      });
      return { comments, more: false };
    },

    // A thread that waits for nobody: whether all comments are settled may be asked before a merge.
    async add(fullName, number, text) {
      const body = { comments: [{ parentCommentId: 0, content: text, commentType: 1 }], status: 'closed' };
      const { json } = await callRest(to, { method: 'POST', path: threads(fullName, number), query: version, body });
      return `${idNamed(at(json, 'id'), 'a thread')}/${idNamed(at(listOf(at(json, 'comments'))[0], 'id'), 'a comment')}`;
    },

    async edit(fullName, number, id, text) {
      const [thread, comment] = id.split('/');
      if (thread === undefined || comment === undefined) throw new ScmCallFailed('this names no comment of a thread', false, 404);
      const path = threads(fullName, number, thread, 'comments', comment);
      await callRest(to, { method: 'PATCH', path, query: version, body: { content: text } });
    },
  });
}
