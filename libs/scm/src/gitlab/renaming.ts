import { at, hostIdOf } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { renamingOf } from '../repository-name.ts';
import { repositoryAt } from '../site.ts';
import { projectName } from './push.ts';

/** A project has another name, or lies in another group. Only hooks of groups and of the whole of a GitLab tell that. */
export function translateGitlabRenaming(payload: unknown, site: Site): Translation {
  const told = {
    fullName: projectName(at(payload, 'path_with_namespace')),
    pointer: 'path_with_namespace',
    addresses: [],
    hostId: hostIdOf(at(payload, 'project_id')),
  };
  return renamingOf(repositoryAt(told, site));
}
