import { relative, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem, readAllowedTargets } from '@throughline/service';

/** What the operator allows beside `https`. */
export interface AddressRules {
  /** `scheme://host:port` entries of `OUTBOUND_ALLOW`. */
  readonly outboundAllow: readonly string[];
  /** Folders below which files may lie. */
  readonly roots: readonly string[];
}

/** The address of a feed; throws `Problem` 422 for one that may not be used. */
export function feedAddress(text: string, rules: AddressRules): URL {
  const url = URL.parse(text);
  if (!url) throw refused('is no address: write https://host/path or file:///folder/file');
  if (url.username !== '' || url.password !== '') throw refused('has credentials in it: feeds are fetched without any');
  if (url.protocol === 'file:') {
    fileOf(url, rules.roots);
    return url;
  }
  if (url.protocol === 'https:') return url;
  // Whoever stands on the way could invent advisories: without TLS only where the operator answers for the way.
  if (url.protocol === 'http:' && readAllowedTargets(rules.outboundAllow).has(`http://${url.hostname}:${url.port || '80'}`)) return url;
  throw refused(url.protocol === 'http:' ? 'is not https: the operator may add it to OUTBOUND_ALLOW' : 'is neither https nor file');
}

/** The path of a `file:` address; throws `Problem` 422 unless it lies below one of the folders. */
export function fileOf(url: URL, roots: readonly string[]): string {
  if (roots.length === 0) throw refused('is a file: the operator names folders for them in FEED_FILE_ROOTS');
  if (url.host !== '' || /%2f|%00/i.test(url.pathname)) throw refused('names no file of this machine');
  const path = fileURLToPath(url);
  if (!roots.some((root) => isBelow(path, root))) throw refused('is not below a folder of FEED_FILE_ROOTS');
  return path;
}

export function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

function refused(why: string): Problem {
  return new Problem(422, 'address_refused', `the address ${why}`, [{ pointer: '/source/url', detail: why }]);
}
