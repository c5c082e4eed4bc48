import type { ChangeRequests, ConnectTo } from '../client.ts';
import { openedAs } from '../own-change-requests.ts';
import { at, listOf } from '../payload.ts';
import { callRest } from '../rest.ts';
import { projectPath } from './repository-paths.ts';
import { dataCenterAddressing } from './told.ts';

/** Pull requests of Bitbucket Data Center, which wants the version that a change is made to. */
export function dataCenterChangeRequests(to: ConnectTo): ChangeRequests {
  const place = (fullName: string, ...more: readonly string[]): readonly string[] => [...projectPath(fullName), 'pull-requests', ...more];
  const page = (fullName: string, json: unknown): object => {
    const web = dataCenterAddressing.webUrl(to.apiUrl.replace(/\/rest\/*$/, ''), fullName);
    return { number: at(json, 'id'), url: `${web}/pull-requests/${String(at(json, 'id'))}` };
  };
  const read = async (fullName: string, number: number): Promise<unknown> =>
    (await callRest(to, { method: 'GET', path: place(fullName, String(number)) })).json;
  return {
    async open(fullName, { branch, base, title, text }) {
      const [from, into] = [`refs/heads/${branch}`, `refs/heads/${base}`];
      const query = { state: 'OPEN', direction: 'OUTGOING', at: from };
      const { json } = await callRest(to, { method: 'GET', path: place(fullName), query });
      const known = listOf(at(json, 'values')).find((one) => at(one, 'toRef', 'id') === into);
      if (known !== undefined) return openedAs(page(fullName, known), ['number', 'url']);
      const body = { title, description: text, fromRef: { id: from }, toRef: { id: into } };
      return openedAs(page(fullName, (await callRest(to, { method: 'POST', path: place(fullName), body })).json), ['number', 'url']);
    },

    async describe(fullName, number, { title, text }) {
      const now = await read(fullName, number);
      // Reviewers who are not named again are taken off.
      const body = { version: at(now, 'version'), title, description: text, reviewers: at(now, 'reviewers') ?? [] };
      await callRest(to, { method: 'PUT', path: place(fullName, String(number)), body });
    },

    async close(fullName, number) {
      const now = await read(fullName, number);
      if (at(now, 'state') !== 'OPEN') return;
      const query = { version: String(at(now, 'version')) };
      await callRest(to, { method: 'POST', path: place(fullName, String(number), 'decline'), query, body: {} });
    },
  };
}
