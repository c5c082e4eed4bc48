import { repositoryId, RepositoryAddressRefused } from '@throughline/contracts';
import { Problem } from './problem.ts';

/** The canonical id of an address in a request; throws `Problem` 400 that points at it. @param detail what is wrong with it, when left out */
export function canonicalRepository(address: string, pointer = '/repository', detail?: string): string {
  try {
    return repositoryId(address);
  } catch (error) {
    if (!(error instanceof RepositoryAddressRefused)) throw error;
    throw new Problem(400, 'invalid', error.message, [{ pointer, detail: detail ?? error.message }]);
  }
}
