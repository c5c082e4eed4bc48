import { at, firstText, hostIdOf, listOf } from '../payload.ts';
import type { Site } from '../provider.ts';
import { fullNameIn, plainAddressing, repositoryAt, trimmed, type Addressing, type ToldRepository } from '../site.ts';
import type { RepositoryAddress } from '../provider.ts';

/** Bitbucket Cloud; every other address is a Data Center. */
export const publicSite = 'https://bitbucket.org';

/** `<base>/scm/<project>/<name>.git`, shown below `/projects` or, for the repositories of a person, `/users`. */
export const dataCenterAddressing: Addressing = {
  cloneUrl: (baseUrl, fullName) => plainAddressing.cloneUrl(`${trimmed(baseUrl)}/scm`, fullName),
  webUrl: (baseUrl, fullName) => {
    const [project = '', name = ''] = fullName.split('/');
    const place = project.startsWith('~') ? `users/${project.slice(1)}` : `projects/${project}`;
    return `${trimmed(baseUrl)}/${place}/repos/${name}`;
  },
};

/** What a payload of Bitbucket Cloud says of its repository. Its links are not compared: there is one site for everybody. */
export function toldByCloud(payload: unknown): ToldRepository {
  return {
    fullName: fullNameIn(at(payload, 'repository', 'full_name')),
    pointer: 'repository.full_name',
    addresses: [],
    hostId: hostIdOf(at(payload, 'repository', 'uuid')),
  };
}

/**
 * What a payload of Bitbucket Data Center says of the repository that it is about: of a change request, the one that it is for; of
 * one that was renamed, how it is now.
 */
export function toldByDataCenter(payload: unknown): ToldRepository {
  const ofRequest = at(payload, 'pullRequest', 'toRef', 'repository');
  const repository = ofRequest ?? at(payload, 'repository') ?? at(payload, 'new');
  return {
    fullName: fullNameIn(fullNameOf(repository)),
    pointer: ofRequest === undefined ? 'repository.slug' : 'pullRequest.toRef.repository.slug',
    addresses: cloneLinksOf(repository),
    hostId: hostIdOf(at(repository, 'id')),
  };
}

/** `<project>/<name>` of a repository of a Data Center; undefined when it has none. */
export function fullNameOf(repository: unknown): string | undefined {
  const [project, name] = [at(repository, 'project', 'key'), at(repository, 'slug')];
  if (typeof project !== 'string' || typeof name !== 'string') return undefined;
  // Old versions leave the tilde away that the addresses of a person's repositories have.
  const bare = at(repository, 'project', 'type') === 'PERSONAL' && !project.startsWith('~');
  return `${bare ? '~' : ''}${project}/${name}`;
}

export function cloudRepository(payload: unknown, site: Site): RepositoryAddress {
  return repositoryAt(toldByCloud(payload), site);
}

export function dataCenterRepository(payload: unknown, site: Site): RepositoryAddress {
  return repositoryAt(toldByDataCenter(payload), site, dataCenterAddressing);
}

/** The addresses for git over HTTP. */
function cloneLinksOf(repository: unknown): unknown[] {
  const links = listOf(at(repository, 'links', 'clone'));
  return links.slice(0, 10).flatMap((link) => firstText(at(link, 'href'))?.match(/^https?:.*/) ?? []);
}
