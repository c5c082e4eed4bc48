import type { ConnectTo } from '../client.ts';
import { at, firstText } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy, perPage } from '../repository-list.ts';
import { nameBy, numericId } from '../repository-name.ts';
import { fullNameIn, isFullName } from '../site.ts';

/** The repositories of an organisation or a person at Gitea or Forgejo. */
export function giteaRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isFullName(`${name}/x`) ? [['orgs', name, 'repos'], ['users', name, 'repos']] : []), // prettier-ignore
    query: (page) => ({ limit: String(perPage), page: String(page) }),
    nameOf: (one) => firstText(at(one, 'full_name')),
    archived: (one) => at(one, 'archived') === true,
    idOf: (one) => at(one, 'id'),
  });
}

/** Gogs has no such address. */
export const giteaNameOf = nameBy({
  id: numericId,
  path: ({ hostId }) => ['repositories', hostId],
  idOf: (one) => at(one, 'id'),
  nameOf: (one) => fullNameIn(at(one, 'full_name')),
});
