import { repositoryId, RepositoryAddressRefused } from '@throughline/contracts';
import { Problem } from '../http/problem.ts';
import type { Bound, Identity } from './identity.ts';

/** What a call is about, as the caller wrote it. */
interface About {
  readonly repository?: string | undefined;
  readonly commit?: string | undefined;
  /** A branch, or a full ref. */
  readonly ref?: string | undefined;
}

/** Throws `Problem` 403 where a CI job asks for another repository, commit or ref than its own; what is left out is its own. */
export function refuseOutOfBounds({ bound }: Identity, { repository, commit, ref }: About): void {
  if (!bound) return;
  if (repository !== undefined && canonical(repository) !== bound.repository) throw refused(bound, `repository ${repository}`);
  if (commit !== undefined && commit !== bound.commit) throw refused(bound, `commit ${commit}`);
  if (ref !== undefined && ![bound.ref, bound.ref.replace(/^refs\/(?:heads|tags)\//, '')].includes(ref)) throw refused(bound, `ref ${ref}`);
}

/** The repository and commit that a call is about; for a CI job what it leaves out is its own. Throws `Problem` 403. */
export function commitInBounds<T extends About>(caller: Identity, asked: T): T {
  refuseOutOfBounds(caller, asked);
  const { bound } = caller;
  return bound ? { ...asked, repository: bound.repository, commit: bound.commit } : asked;
}

/** Whether the job of a CI runs for that change request. */
export function isOwnChangeRequest({ ref }: Bound, number: number): boolean {
  return ['pull', 'merge-requests'].some((kind) => ref.startsWith(`refs/${kind}/${number}/`));
}

function canonical(address: string): string | undefined {
  try {
    return repositoryId(address);
  } catch (error) {
    if (error instanceof RepositoryAddressRefused) return undefined;
    throw error;
  }
}

function refused({ repository, commit, ref }: Bound, what: string): Problem {
  const own = `${repository} at ${commit} (${ref})`;
  return new Problem(403, 'out_of_bounds', `this CI job speaks for ${own}, not for the ${what.slice(0, 300)}`);
}
