import { repositoryId, RepositoryAddressRefused } from '@throughline/contracts';
import { Problem } from '@throughline/service';

/** The canonical id of an address in a request; throws `Problem` 400 that points at it. */
export function canonicalRepository(address: string, pointer: string): string {
  try {
    return repositoryId(address);
  } catch (error) {
    if (!(error instanceof RepositoryAddressRefused)) throw error;
    throw new Problem(400, 'invalid', error.message, [{ pointer, detail: error.message }]);
  }
}
