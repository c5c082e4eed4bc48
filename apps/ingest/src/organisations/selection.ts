import type { LeftOutRepository, OrganisationWanted, SourceScope } from '@throughline/contracts';
import { repositoryId } from '@throughline/contracts';
import type { ListedRepository, RepositoryAddress } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';
import { globMatches, scopeCovers } from '../sources/scope.ts';

/** Which of an organisation's repositories are wanted. */
export interface Selection {
  readonly wanted: readonly RepositoryAddress[];
  readonly leftOut: readonly LeftOutRepository[];
}

/** Sorts what a host lists into what is wanted and what is left out, with the first reason. */
export function select(
  listed: readonly ListedRepository[],
  asked: Pick<OrganisationWanted, 'include' | 'exclude'>,
  source: Pick<KnownSource, 'provider' | 'scope'> & { readonly baseUrl: string },
): Selection {
  const wanted: RepositoryAddress[] = [];
  const leftOut: LeftOutRepository[] = [];
  for (const repository of listed) {
    const url = source.provider.cloneUrl(source.baseUrl, repository.fullName);
    const hostId = repository.id === undefined ? {} : { hostId: repository.id };
    const address = { id: repositoryId(url), fullName: repository.fullName, url, ...hostId };
    const reason = reasonAgainst(repository, address.id, { ...asked, scope: source.scope });
    if (reason === undefined) wanted.push(address);
    else leftOut.push({ name: repository.fullName.slice(0, 300), reason });
  }
  return { wanted, leftOut };
}

function reasonAgainst(
  { fullName, archived }: ListedRepository,
  id: string,
  { include, exclude = [], scope }: Pick<OrganisationWanted, 'include' | 'exclude'> & { readonly scope: SourceScope },
): LeftOutRepository['reason'] | undefined {
  const matches = (glob: string): boolean => globMatches(glob, fullName) || globMatches(glob, id);
  if (include !== undefined && !include.some(matches)) return 'not_included';
  if (exclude.some(matches)) return 'excluded';
  if (!scopeCovers(scope, { id, fullName })) return 'out_of_scope';
  return archived ? 'archived' : undefined;
}
