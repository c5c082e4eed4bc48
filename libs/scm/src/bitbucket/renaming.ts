import { at } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { renamingOf } from '../repository-name.ts';
import { cloudRepository, dataCenterRepository, fullNameOf } from './told.ts';

/** The Cloud tells of all that can be edited about a repository. */
export function translateCloudRenaming(payload: unknown, site: Site): Translation {
  if (at(payload, 'changes', 'full_name') === undefined) return { ignored: 'the repository has the name that it had' };
  return renamingOf(cloudRepository(payload, site));
}

/** A Data Center tells how the repository was, and how it is. */
export function translateDataCenterRenaming(payload: unknown, site: Site): Translation {
  const [old, now] = [at(payload, 'old'), at(payload, 'new')];
  if (fullNameOf(old) === fullNameOf(now)) return { ignored: 'the repository has the name that it had' };
  return renamingOf(dataCenterRepository(payload, site));
}
