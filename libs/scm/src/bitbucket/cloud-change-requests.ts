import { ScmCallFailed, type ChangeRequests, type ConnectTo, type OpenChangeRequest } from '../client.ts';
import { firstOf, openedAs } from '../own-change-requests.ts';
import { at } from '../payload.ts';
import { callRest } from '../rest.ts';
import { repositoryPath } from './repository-paths.ts';

/** Pull requests of Bitbucket Cloud. */
export function cloudChangeRequests(to: ConnectTo): ChangeRequests {
  const place = (fullName: string, ...more: readonly string[]): readonly string[] => [...repositoryPath(fullName), 'pullrequests', ...more];
  return {
    async open(fullName, { branch, base, title, text }) {
      const q = `state="OPEN" AND source.branch.name=${JSON.stringify(branch)} AND destination.branch.name=${JSON.stringify(base)}`;
      const known = firstOf(at((await callRest(to, { method: 'GET', path: place(fullName), query: { q } })).json, 'values'));
      if (known !== undefined) return opened(known);
      const named = (name: string): object => ({ branch: { name } });
      const body = { title, description: text, source: named(branch), destination: named(base), close_source_branch: true };
      return opened((await callRest(to, { method: 'POST', path: place(fullName), body })).json);
    },

    async describe(fullName, number, { title, text }) {
      await callRest(to, { method: 'PUT', path: place(fullName, String(number)), body: { title, description: text } });
    },

    async close(fullName, number) {
      try {
        await callRest(to, { method: 'POST', path: place(fullName, String(number), 'decline') });
      } catch (error) {
        // It was declined or merged before: "This pull request is already closed."
        if (!(error instanceof ScmCallFailed && /already/i.test(error.said ?? ''))) throw error;
      }
    },
  };
}

function opened(json: unknown): OpenChangeRequest {
  return openedAs({ number: at(json, 'id'), url: at(json, 'links', 'html', 'href') }, ['number', 'url']);
}
