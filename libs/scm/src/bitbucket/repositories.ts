import type { ConnectTo } from '../client.ts';
import { at, firstText } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy, perPage } from '../repository-list.ts';
import { isFullName } from '../site.ts';
import { fullNameOf } from './told.ts';

/** The repositories of a workspace at Bitbucket Cloud, which archives none. */
export function cloudRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isFullName(`${name}/x`) ? [['repositories', name]] : []),
    query: (page) => ({ pagelen: String(perPage), page: String(page) }),
    listAt: 'values',
    nameOf: (one) => firstText(at(one, 'full_name')),
    archived: () => false,
    more: (answer) => typeof at(answer, 'next') === 'string',
  });
}

/** The repositories of a project at Bitbucket Data Center. */
export function dataCenterRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isFullName(`${name}/x`) ? [['api', 'latest', 'projects', name, 'repos']] : []),
    query: (page) => ({ limit: String(perPage), start: String((page - 1) * perPage) }),
    listAt: 'values',
    nameOf: fullNameOf,
    archived: (one) => at(one, 'archived') === true,
    more: (answer) => at(answer, 'isLastPage') === false,
  });
}
