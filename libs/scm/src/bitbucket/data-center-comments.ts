import { ScmCallFailed, type Comments, type ConnectTo } from '../client.ts';
import { accountBy, commentsBy, commentsPerPage, mostBytesOfComments } from '../comments.ts';
import { at, firstText, idText, listOf } from '../payload.ts';
import { callRest, idNamed } from '../rest.ts';
import { projectPath } from './repository-paths.ts';

/** Comments on pull requests of Bitbucket Data Center, which lists them among all that happened, the latest first. */
export function dataCenterComments(to: ConnectTo): Comments {
  const request = (fullName: string, number: number, ...more: readonly string[]): readonly string[] => [
    ...projectPath(fullName),
    ...['pull-requests', String(number), ...more],
  ];
  return commentsBy({
    // Nothing of the API tells it, but each answer of the server does.
    me: () =>
      accountBy(to, { path: ['api', 'latest', 'application-properties'] }, ({ headers }) => decoded(firstText(headers['x-ausername']))),

    async page(fullName, number, page) {
      const query = { start: String((page - 1) * commentsPerPage), limit: String(commentsPerPage) };
      const path = request(fullName, number, 'activities');
      const { json } = await callRest(to, { method: 'GET', path, query, mostBytes: mostBytesOfComments });
      const comments = listOf(at(json, 'values')).flatMap((activity) => {
        const comment = at(activity, 'action') === 'COMMENTED' ? at(activity, 'comment') : undefined;
        const [id, text] = [idText(at(comment, 'id')), at(comment, 'text')];
        return id === undefined || typeof text !== 'string' ? [] : [{ id, text, author: firstText(at(comment, 'author', 'name')) }];
      });
      return { comments, more: at(json, 'isLastPage') === false };
    },

    async add(fullName, number, text) {
      const { json } = await callRest(to, { method: 'POST', path: request(fullName, number, 'comments'), body: { text } });
      return idNamed(at(json, 'id'), 'a comment');
    },

    /** It wants the version that a change is made to. */
    async edit(fullName, number, id, text) {
      const path = request(fullName, number, 'comments', id);
      const { found, json } = await callRest(to, { method: 'GET', path });
      if (!found) throw new ScmCallFailed(`there is no comment ${id} any more`, false, 404);
      await callRest(to, { method: 'PUT', path, body: { version: at(json, 'version'), text } });
    },
  });
}

/** A name in a header, where what is not ASCII is encoded. */
function decoded(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
