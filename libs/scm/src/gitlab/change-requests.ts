import { ScmCallFailed, type ChangeRequests, type ConnectTo } from '../client.ts';
import { firstOf, openedAs } from '../own-change-requests.ts';
import { callRest } from '../rest.ts';
import { projectPath } from './project-path.ts';

const names = ['iid', 'web_url'] as const;

/** Merge requests of GitLab. */
export function gitlabChangeRequests(to: ConnectTo): ChangeRequests {
  const edit = async (fullName: string, number: number, body: object): Promise<void> => {
    await callRest(to, { method: 'PUT', path: [...projectPath(fullName), 'merge_requests', String(number)], body });
  };
  return {
    async open(fullName, { branch, base, title, text }) {
      const path = [...projectPath(fullName), 'merge_requests'];
      const query = { state: 'opened', source_branch: branch, target_branch: base };
      const known = firstOf((await callRest(to, { method: 'GET', path, query })).json);
      if (known !== undefined) return openedAs(known, names);
      const body = { source_branch: branch, target_branch: base, title, description: text, remove_source_branch: true };
      return openedAs((await callRest(to, { method: 'POST', path, body })).json, names);
    },

    describe: (fullName, number, { title, text }) => edit(fullName, number, { title, description: text }),

    async close(fullName, number) {
      try {
        await edit(fullName, number, { state_event: 'close' });
      } catch (error) {
        // It is closed or merged already: "Cannot transition state via :close".
        if (!(error instanceof ScmCallFailed && error.status === 400 && /transition/i.test(error.said ?? ''))) throw error;
      }
    },
  };
}
