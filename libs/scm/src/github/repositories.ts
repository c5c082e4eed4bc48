import type { ConnectTo } from '../client.ts';
import { at, firstText } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy, perPage } from '../repository-list.ts';
import { nameBy, numericId } from '../repository-name.ts';
import { fullNameIn, isFullName } from '../site.ts';
import { version } from './version.ts';

/** The repositories of an organisation or a person at GitHub. */
export function githubRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isFullName(`${name}/x`) ? [['orgs', name, 'repos'], ['users', name, 'repos']] : []), // prettier-ignore
    query: (page) => ({ per_page: String(perPage), page: String(page) }),
    headers: version,
    nameOf: (one) => firstText(at(one, 'full_name')),
    archived: (one) => at(one, 'archived') === true || at(one, 'disabled') === true,
    idOf: (one) => at(one, 'id'),
  });
}

/** By the address that GitHub leads to from every former name. */
export const githubNameOf = nameBy({
  id: numericId,
  path: ({ hostId }) => ['repositories', hostId],
  headers: version,
  idOf: (one) => at(one, 'id'),
  nameOf: (one) => fullNameIn(at(one, 'full_name')),
});
