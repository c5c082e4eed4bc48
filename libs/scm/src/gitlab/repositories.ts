import type { ConnectTo } from '../client.ts';
import { at, firstText } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy, perPage } from '../repository-list.ts';
import { nameBy, numericId } from '../repository-name.ts';
import { isPath } from '../site.ts';
import { projectName } from './push.ts';

/** The projects of a group, with those of its subgroups, or of a person at GitLab. */
export function gitlabRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isPath(name) ? [['groups', name, 'projects'], ['users', name, 'projects']] : []), // prettier-ignore
    query: (page) => ({ include_subgroups: 'true', per_page: String(perPage), page: String(page) }),
    nameOf: (one) => firstText(at(one, 'path_with_namespace')),
    archived: (one) => at(one, 'archived') === true,
    idOf: (one) => at(one, 'id'),
  });
}

/** By the id of the project. */
export const gitlabNameOf = nameBy({
  id: numericId,
  path: ({ hostId }) => ['projects', hostId],
  idOf: (one) => at(one, 'id'),
  nameOf: (one) => projectName(at(one, 'path_with_namespace')),
});
