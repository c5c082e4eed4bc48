import type { ConnectTo } from '../client.ts';
import { at, firstText, idText } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy, perPage } from '../repository-list.ts';
import { callRest } from '../rest.ts';
import { isFullName } from '../site.ts';
import { version } from './version.ts';

/** The repositories of an organisation or a person at GitHub. */
export function githubRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isFullName(`${name}/x`) ? [['orgs', name, 'repos'], ['users', name, 'repos']] : []), // prettier-ignore
    query: (page) => ({ per_page: String(perPage), page: String(page) }),
    headers: version,
    nameOf: (one) => firstText(at(one, 'full_name')),
    archived: (one) => at(one, 'archived') === true || at(one, 'disabled') === true,
    idOf: (one) => idText(at(one, 'id')),
  });
}

/** By the address that GitHub leads to from every former name. */
export async function githubNameOf(to: ConnectTo, hostId: string): Promise<string | undefined> {
  if (!/^\d{1,20}$/.test(hostId)) return undefined;
  const { found, json } = await callRest(to, { method: 'GET', path: ['repositories', hostId], headers: version });
  const name = firstText(at(json, 'full_name'));
  return found && idText(at(json, 'id')) === hostId && name !== undefined && isFullName(name) ? name : undefined;
}
