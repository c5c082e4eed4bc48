import type { ConnectTo } from '../client.ts';
import { at } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy } from '../repository-list.ts';
import { nameBy } from '../repository-name.ts';
import { version } from './repository-path.ts';
import { isAzureName } from './told.ts';

/** The repositories of a project, which Azure DevOps lists on one page. */
export function azureRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isAzureName(`${name}/x`) ? [[name, '_apis', 'git', 'repositories']] : []),
    query: () => version,
    listAt: 'value',
    nameOf: fullNameOf,
    archived: (one) => at(one, 'isDisabled') === true,
    idOf: (one) => at(one, 'id'),
    more: () => false,
  });
}

/** The id is one of the whole organisation, whatever project it is in. */
export const azureNameOf = nameBy({
  id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  path: ({ hostId }) => ['_apis', 'git', 'repositories', hostId],
  query: version,
  idOf: (one) => at(one, 'id'),
  nameOf: fullNameOf,
});

function fullNameOf(one: unknown): string | undefined {
  const name = `${String(at(one, 'project', 'name'))}/${String(at(one, 'name'))}`;
  return isAzureName(name) ? name : undefined;
}
