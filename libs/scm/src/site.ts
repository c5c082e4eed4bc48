import { repositoryId } from '@throughline/contracts/plain';
import { at, firstText, needed } from './payload.ts';
import { WebhookRefused, type RepositoryAddress, type Site } from './provider.ts';

const fullName = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;

/** Whether the text is a repository's `owner/name`. */
export function isFullName(text: string): boolean {
  return fullName.test(text) && !text.split('/').some((part) => part === '.' || part === '..');
}

/**
 * The repository that a payload is about, addressed by the configured base and its full name. The payload's own addresses
 * are only compared: one that leads elsewhere is refused, since a credential would follow it.
 */
export function repositoryAt(payload: unknown, site: Site): RepositoryAddress {
  const name = nameOf(payload);
  const url = `${site.baseUrl.replace(/\/+$/, '')}/${name}`;
  const id = repositoryId(url);
  for (const field of ['clone_url', 'html_url']) {
    const told = at(payload, 'repository', field);
    if (typeof told === 'string' && told !== '' && !leadsTo(told, id)) {
      throw new WebhookRefused('foreign_origin', `repository.${field} does not lie below ${site.baseUrl}: correct the source's baseUrl`);
    }
  }
  return { id, fullName: name, url };
}

/** The base address that a payload speaks of; undefined when it names none. To be believed only while no credential is stored. */
export function siteOf(payload: unknown): string | undefined {
  const told = firstText(at(payload, 'repository', 'clone_url'), at(payload, 'repository', 'html_url'));
  const url = told === undefined || told.length > 2048 ? null : URL.parse(told);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/i, '');
  const ending = `/${nameOf(payload)}`;
  if (!path.toLowerCase().endsWith(ending.toLowerCase())) return undefined;
  return `${url.origin}${path.slice(0, -ending.length)}`;
}

function nameOf(payload: unknown): string {
  const name = at(payload, 'repository', 'full_name');
  return needed(typeof name === 'string' && isFullName(name) ? name : undefined, 'repository.full_name', 'owner/name');
}

function leadsTo(address: string, id: string): boolean {
  try {
    return repositoryId(address) === id;
  } catch {
    return false;
  }
}
