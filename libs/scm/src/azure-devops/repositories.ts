import type { ConnectTo } from '../client.ts';
import { at } from '../payload.ts';
import type { RepositoryList } from '../listed-repository.ts';
import { listBy } from '../repository-list.ts';
import { version } from './repository-path.ts';
import { isAzureName } from './told.ts';

/** The repositories of a project, which Azure DevOps lists on one page. */
export function azureRepositories(to: ConnectTo): RepositoryList {
  return listBy(to, {
    places: (name) => (isAzureName(`${name}/x`) ? [[name, '_apis', 'git', 'repositories']] : []),
    query: () => version,
    listAt: 'value',
    nameOf: (one) => {
      const name = `${String(at(one, 'project', 'name'))}/${String(at(one, 'name'))}`;
      return isAzureName(name) ? name : undefined;
    },
    archived: (one) => at(one, 'isDisabled') === true,
    more: () => false,
  });
}
