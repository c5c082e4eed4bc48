import type { Comments, ConnectTo } from '../client.ts';
import { accountBy, commentsBy, idText, madeComment, mostBytesOfComments } from '../comments.ts';
import { at, listOf } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';

/** Comments on pull requests of Gitea and Forgejo, which list all those of one at once. */
export function giteaComments(to: ConnectTo): Comments {
  const issues = (fullName: string): readonly string[] => [...repositoryPath(fullName), 'issues'];
  const list = (fullName: string, number: number): readonly string[] => [...issues(fullName), String(number), 'comments'];
  return commentsBy({
    me: () => accountBy(to, { path: ['user'] }, ({ json }) => at(json, 'id')),

    async page(fullName, number) {
      const { json } = await callRest(to, { method: 'GET', path: list(fullName, number), mostBytes: mostBytesOfComments });
      const comments = listOf(json).flatMap((one) => {
        const [id, text] = [idText(at(one, 'id')), at(one, 'body')];
        return id === undefined || typeof text !== 'string' ? [] : [{ id, text, author: idText(at(one, 'user', 'id')) }];
      });
      return { comments, more: false };
    },

    async add(fullName, number, text) {
      return madeComment(at((await callRest(to, { method: 'POST', path: list(fullName, number), body: { body: text } })).json, 'id'));
    },

    async edit(fullName, _number, id, text) {
      await callRest(to, { method: 'PATCH', path: [...issues(fullName), 'comments', id], body: { body: text } });
    },
  });
}
