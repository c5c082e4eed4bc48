import { at, firstText, hostIdOf } from '../payload.ts';
import type { RepositoryAddress, Site } from '../provider.ts';
import { baseOf, repositoryAt, trimmed, type Addressing, type ToldRepository } from '../site.ts';

/** Names of projects and repositories may hold spaces and letters of any script. */
const part = /^[^\p{Cc}\p{Cs}/\\?#%]{1,128}$/u;

/** `<organisation or collection>/<project>/_git/<name>`. */
export const azureAddressing: Addressing = {
  cloneUrl: addressOf,
  webUrl: addressOf,
  // A project that is called like its repository is left out.
  alsoAt: (baseUrl, fullName) => {
    const [project, name] = fullName.toLowerCase().split('/');
    return project === name ? [withoutProject(baseUrl, fullName)] : [];
  },
  // An organisation has an older host, and may name its collection.
  alike: (id) =>
    id.replace(/^([^./]+)\.visualstudio\.com\//, 'dev.azure.com/$1/').replace(/^(dev\.azure\.com\/[^/]+)\/defaultcollection\//, '$1/'),
};

/** What a payload says of its repository. */
export function toldByAzure(payload: unknown): ToldRepository {
  const repository = at(payload, 'resource', 'repository');
  const remote = at(repository, 'remoteUrl');
  const [, ofPath, named] = /(?:\/([^/]+))?\/_git\/([^/]+)\/*$/.exec(pathOf(remote)) ?? [];
  const name = firstText(at(repository, 'name'), named);
  const project = firstText(at(repository, 'project', 'name'), ofPath, named);
  const fullName = name !== undefined && project !== undefined && isAzureName(`${project}/${name}`) ? `${project}/${name}` : undefined;
  return { fullName, pointer: 'resource.repository', addresses: [remote], hostId: hostIdOf(at(repository, 'id')) };
}

/** The address of the organisation or collection. */
export function siteOfAzure(payload: unknown): string | undefined {
  const told = toldByAzure(payload);
  return baseOf(told, azureAddressing) ?? baseOf(told, { cloneUrl: withoutProject, webUrl: withoutProject });
}

export function azureRepository(payload: unknown, site: Site): RepositoryAddress {
  return repositoryAt(toldByAzure(payload), site, azureAddressing);
}

/** Whether the text is `project/name`. */
export function isAzureName(text: string): boolean {
  const parts = text.split('/');
  return parts.length === 2 && parts.every((name) => part.test(name) && name.trim() === name && name !== '.' && name !== '..');
}

function addressOf(baseUrl: string, fullName: string): string {
  const [project = '', name = ''] = fullName.split('/').map(encodeURIComponent);
  return `${trimmed(baseUrl)}/${project}/_git/${name}`;
}

function withoutProject(baseUrl: string, fullName: string): string {
  return `${trimmed(baseUrl)}/_git/${encodeURIComponent(fullName.split('/')[1] ?? '')}`;
}

function pathOf(address: unknown): string {
  const path = typeof address === 'string' && address.length <= 2048 ? URL.parse(address)?.pathname : undefined;
  try {
    return decodeURIComponent(path ?? '');
  } catch {
    return '';
  }
}
