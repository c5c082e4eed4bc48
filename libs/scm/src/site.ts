import { repositoryId } from '@throughline/contracts/plain';
import { at, firstText, hostIdOf, line, needed } from './payload.ts';
import { WebhookRefused, type RepositoryAddress, type Site } from './provider.ts';

/** What a payload says of the repository that it is about. */
export interface ToldRepository {
  /** Its name at the provider, where the payload has a usable one. */
  readonly fullName: string | undefined;
  /** Where in the payload the name is. */
  readonly pointer: string;
  /** Web and clone addresses in the payload; they are only compared. */
  readonly addresses: readonly unknown[];
  /** Its id at the provider, where that stays whatever it is called. */
  readonly hostId?: string | undefined;
}

/** How a provider addresses a repository below its base. */
export interface Addressing {
  readonly cloneUrl: (baseUrl: string, fullName: string) => string;
  readonly webUrl: (baseUrl: string, fullName: string) => string;
  /** Where else a payload may say that it lies. */
  readonly alsoAt?: (baseUrl: string, fullName: string) => readonly string[];
  /** One spelling for canonical ids that name the same repository, for comparing; the ids themselves when absent. */
  readonly alike?: (id: string) => string;
}

/** `<base>/<owner>/<name>`, with `.git` for the clone. */
export const plainAddressing: Addressing = {
  cloneUrl: (baseUrl, fullName) => `${trimmed(baseUrl)}/${fullName}.git`,
  webUrl: (baseUrl, fullName) => `${trimmed(baseUrl)}/${fullName}`,
};

const part = /^[\w.~-]{1,100}$/;

/** Whether the text is a repository's `owner/name`. */
export function isFullName(text: string): boolean {
  return text.split('/').length === 2 && isPath(text);
}

/** `owner/name`; undefined for what can be none. */
export function fullNameIn(value: unknown): string | undefined {
  return typeof value === 'string' && isFullName(value) ? value : undefined;
}

/** Whether the text is a path of plain names, such as `group/subgroup/name`. */
export function isPath(text: string): boolean {
  const parts = text.split('/');
  return parts.length <= 21 && parts.every((name) => part.test(name) && name !== '.' && name !== '..');
}

/** What GitHub's form of a payload says of its repository. */
export function toldByGithubForm(payload: unknown): ToldRepository {
  const fullName = fullNameIn(at(payload, 'repository', 'full_name'));
  const addresses = [at(payload, 'repository', 'clone_url'), at(payload, 'repository', 'html_url')];
  const hostId = hostIdOf(at(payload, 'repository', 'id'));
  return { fullName, pointer: 'repository.full_name', addresses, hostId };
}

/**
 * The repository that a payload is about, addressed by the configured base and its full name. The payload's own addresses
 * are only compared: one that leads elsewhere is refused, since a credential would follow it.
 */
export function repositoryAt(told: ToldRepository, site: Site, addressing: Addressing = plainAddressing): RepositoryAddress {
  const fullName = needed(told.fullName, told.pointer, 'the name of a repository');
  const url = addressing.webUrl(site.baseUrl, fullName);
  const id = repositoryId(addressing.cloneUrl(site.baseUrl, fullName));
  const { alike = (one) => one, alsoAt = () => [] } = addressing;
  const accepted = [id, ...[url, ...alsoAt(site.baseUrl, fullName)].map(repositoryId)].map(alike);
  for (const address of told.addresses) {
    if (typeof address === 'string' && address !== '' && !leadsToOne(address, accepted, alike)) {
      throw new WebhookRefused('foreign_origin', `${line(address, 200)} does not lie below ${site.baseUrl}: correct the source's baseUrl`);
    }
  }
  return { id, fullName, url, ...(told.hostId === undefined ? {} : { hostId: told.hostId }) };
}

/** The base address that a payload speaks of; undefined when it names none. To be believed only while no credential is stored. */
export function baseOf({ fullName, addresses }: ToldRepository, addressing: Addressing = plainAddressing): string | undefined {
  const told = firstText(...addresses);
  const url = told === undefined || told.length > 2048 ? null : URL.parse(told);
  if (!url || !['http:', 'https:'].includes(url.protocol) || fullName === undefined) return undefined;
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/i, '');
  const endings = [addressing.webUrl('', fullName), addressing.cloneUrl('', fullName).replace(/\.git$/, '')];
  const ending = endings.find((text) => path.toLowerCase().endsWith(text.toLowerCase()));
  return ending === undefined ? undefined : `${url.origin}${path.slice(0, -ending.length)}`;
}

function leadsToOne(address: string, ids: readonly string[], alike: (id: string) => string): boolean {
  try {
    return ids.includes(alike(repositoryId(address)));
  } catch {
    return false;
  }
}

export function trimmed(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}
