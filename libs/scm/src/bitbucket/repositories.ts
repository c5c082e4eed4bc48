import type { ConnectTo } from '../client.ts';
import { at, firstText } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy, perPage } from '../repository-list.ts';
import { nameBy, numericId } from '../repository-name.ts';
import { fullNameIn, isFullName } from '../site.ts';
import { projectPath } from './repository-paths.ts';
import { fullNameOf } from './told.ts';

/** The repositories of a workspace at Bitbucket Cloud, which archives none. */
export function cloudRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isFullName(`${name}/x`) ? [['repositories', name]] : []),
    query: (page) => ({ pagelen: String(perPage), page: String(page) }),
    listAt: 'values',
    nameOf: (one) => firstText(at(one, 'full_name')),
    archived: () => false,
    idOf: (one) => at(one, 'uuid'),
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
    idOf: (one) => at(one, 'id'),
    more: (answer) => at(answer, 'isLastPage') === false,
  });
}

/** Empty braces stand for any workspace: the UUID says which repository. */
export const cloudNameOf = nameBy({
  id: /^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i,
  path: ({ hostId }) => ['repositories', '{}', hostId],
  idOf: (one) => at(one, 'uuid'),
  nameOf: (one) => fullNameIn(at(one, 'full_name')),
});

/** A Data Center cannot be asked by an id: it tells that of the repository which has the name. */
export const dataCenterNameOf = nameBy({
  id: numericId,
  path: ({ fullName }) => projectPath(fullName),
  idOf: (one) => at(one, 'id'),
  nameOf: (one) => fullNameIn(fullNameOf(one)),
});
