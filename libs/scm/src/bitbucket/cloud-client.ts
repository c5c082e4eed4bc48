import type { ConnectTo, ScmClient } from '../client.ts';
import { at, commit, isRef, listOf } from '../payload.ts';
import type { ScmFact } from '../provider.ts';
import { callRest } from '../rest.ts';
import { plainAddressing } from '../site.ts';
import { cloudChangeRequests } from './cloud-change-requests.ts';
import { cloudComments } from './cloud-comments.ts';
import { repositoryPath } from './repository-paths.ts';
import { buildStatus } from './status.ts';
import { publicSite } from './told.ts';

/** The REST API of Bitbucket Cloud, version 2.0. */
export function connectCloud(to: ConnectTo): ScmClient {
  return {
    async setStatus(fullName, id, status) {
      const page = `${plainAddressing.webUrl(publicSite, fullName)}/commits/${id}`;
      const path = [...repositoryPath(fullName), 'commit', id, 'statuses', 'build'];
      await callRest(to, { method: 'POST', path, body: buildStatus(status, page) });
    },

    async head(fullName, ref) {
      const [, kind, ...name] = isRef(ref) ? ref.split('/') : [];
      if (kind !== 'heads' && kind !== 'tags') return undefined;
      const path = [...repositoryPath(fullName), 'refs', kind === 'heads' ? 'branches' : 'tags', ...name];
      const answer = await callRest(to, { method: 'GET', path });
      return answer.found ? commit(at(answer.json, 'target', 'hash')) : undefined;
    },

    changeRequests: cloudChangeRequests(to),
    comments: cloudComments(to),
  };
}

/** The facts with their ids in full; those whose commits the server does not know are left out. */
export async function confirmByCloud(to: ConnectTo, fullName: string, facts: readonly ScmFact[]): Promise<readonly ScmFact[]> {
  const confirmed = [];
  for (const fact of facts) confirmed.push(await inFull(to, fullName, fact));
  return confirmed.filter((fact) => fact !== undefined);
}

async function inFull(to: ConnectTo, fullName: string, fact: ScmFact): Promise<ScmFact | undefined> {
  if (fact.type === 'change.pushed' || fact.type === 'status.posted' || fact.type === 'change.abandoned') return fact;
  const { number } = fact.fields;
  const full = (id: string): Promise<string | undefined> => commitOf(to, fullName, id, number);
  if (fact.type === 'change.proposed') {
    const head = await full(fact.fields.head);
    if (head === undefined) return undefined;
    const base = fact.fields.base === undefined ? undefined : await full(fact.fields.base);
    return { type: fact.type, fields: { ...fact.fields, head, base } };
  }
  const found = await full(fact.fields.commit);
  return found === undefined ? undefined : ({ ...fact, fields: { ...fact.fields, commit: found } } as ScmFact);
}

/** A commit of a fork is not found in the repository itself, but among the commits of its request. */
async function commitOf(to: ConnectTo, fullName: string, id: string, request: number): Promise<string | undefined> {
  if (commit(id)) return id;
  const answer = await callRest(to, { method: 'GET', path: [...repositoryPath(fullName), 'commit', id] });
  const found = commit(at(answer.json, 'hash'));
  if (found?.startsWith(id)) return found;
  const path = [...repositoryPath(fullName), 'pullrequests', String(request), 'commits'];
  const { json } = await callRest(to, { method: 'GET', path, query: { pagelen: '100' } });
  const hashes = listOf(at(json, 'values')).map((value) => commit(at(value, 'hash')));
  return hashes.find((hash) => hash?.startsWith(id));
}
