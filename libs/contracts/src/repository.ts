/** A clone URL that names no repository. */
export class RepositoryAddressRefused extends Error {
  readonly code = 'repository_address_refused';
}

const hostName = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const scpLike = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/;

/**
 * One canonical id for every spelling of a clone URL: lower-case `host[:port]/path`, without scheme, user, default port,
 * trailing slash and `.git`; `file:///srv/x.git` becomes `localhost/srv/x`. An id maps to itself.
 */
export function repositoryId(address: string): string {
  const text = address.trim();
  if (text === '' || text.length > 2048 || hasControlCharacter(text)) throw refused(address);
  const { host, path } = split(text);
  if (!hostName.test(host) || hasControlCharacter(path)) throw refused(address);
  const clean = path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  if (clean === '' || clean.split('/').some((part) => part === '..' || part === '')) throw refused(address);
  return `${host}/${clean}`.toLowerCase();
}

function split(text: string): { host: string; path: string } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const url = URL.parse(text);
    if (!url) throw refused(text);
    const defaultPort = url.protocol === 'ssh:' && url.port === '22';
    return {
      host: url.protocol === 'file:' ? 'localhost' : `${url.hostname}${url.port && !defaultPort ? `:${url.port}` : ''}`,
      path: decoded(url.pathname) ?? url.pathname,
    };
  }
  if (/^[^/\s:]+(?::\d+)?\/\S/.test(text)) {
    const slash = text.indexOf('/');
    return { host: text.slice(0, slash), path: text.slice(slash + 1) };
  }
  const scp = scpLike.exec(text);
  if (scp) return { host: scp[1]!, path: scp[2]! };
  throw refused(text);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function hasControlCharacter(text: string): boolean {
  for (const char of text) if (char.codePointAt(0)! < 0x20 || char === '\u007f') return true;
  return false;
}

function refused(address: string): RepositoryAddressRefused {
  return new RepositoryAddressRefused(
    `cannot read a repository address from ${JSON.stringify(address.slice(0, 200))}: give a clone URL such as https://host/owner/name.git`,
  );
}
