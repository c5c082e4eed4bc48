import { FixRefused } from '../version-change.ts';
import type { Archive } from './index-page.ts';

/** How PyPI lays its archives out, and mirrors after it. */
const layout = /\/(packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\/[^/?#]+)$/;

/**
 * The archives at the hosts that the lock file names already: a fix leads nobody elsewhere. One that a mirror of PyPI told
 * stands under PyPI's own address.
 */
export function sameHosts(name: string, archives: readonly Archive[], known: readonly string[]): readonly Archive[] {
  const hosts = new Set(known.map((url) => URL.parse(url)?.host));
  return archives.map((archive) => {
    const host = URL.parse(archive.url)?.host;
    if (host !== undefined && (hosts.has(host) || hosts.size === 0)) return archive;
    const [, tail] = layout.exec(archive.url) ?? [];
    if (tail === undefined || !hosts.has('files.pythonhosted.org'))
      throw new FixRefused(`the index has the archives of ${name} at ${host ?? 'no address'}, from where the lock file takes none`);
    return { ...archive, url: `https://files.pythonhosted.org/${tail}` };
  });
}
