import type { DocumentName } from '../world/world.ts';
import { publicIndex, publicRegistry } from './public-registry.ts';

/** Addresses of the operator's own; empty for none. */
export interface Mirrors {
  readonly npm: string;
  readonly pypi: string;
}

/**
 * Where a document is fetched. The operator's mirror stands for the public registry, and only it may be asked without TLS.
 * Undefined for an address that must not be asked.
 */
export function addressOf(name: DocumentName, mirrors: Mirrors): string | undefined {
  const [own, known] = name.kind === 'npm' ? [mirrors.npm, publicRegistry] : [mirrors.pypi, publicIndex];
  const mirror = name.at === known && own !== '' ? own : undefined;
  const base = (mirror ?? name.at).replace(/\/+$/, '');
  const url = URL.parse(pathIn(base, name));
  if (!url || url.username !== '' || url.password !== '' || url.search !== '') return undefined;
  const isMirror = mirror !== undefined && url.origin === URL.parse(mirror)?.origin;
  return url.protocol === 'https:' || (isMirror && url.protocol === 'http:') ? url.href : undefined;
}

function pathIn(base: string, { kind, name }: DocumentName): string {
  if (kind === 'npm') return `${base}/${name.replace('/', '%2f')}`;
  if (kind === 'pypi') return `${base}/${name}/`;
  // Archives lie where the index says; their metadata lies beside them.
  if (kind === 'pypi-metadata') return `${name}.metadata`;
  return `${base.replace(/\/simple$/, '')}/pypi/${name}/json`;
}
