import { PackageURL } from 'packageurl-js';
import { canonicalName, ecosystemOf, purlTypeOf, separatorOf } from './ecosystem.ts';

/** A package URL (ECMA-427) taken apart, in canonical spelling. */
export interface Purl {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
  readonly subpath?: string;
}

const longestPurl = 1024;

/** Reads a package URL; undefined for whatever is none. */
export function parsePurl(text: string): Purl | undefined {
  return text.length > longestPurl ? undefined : build(() => PackageURL.fromString(text));
}

/** The one canonical spelling of a package URL; undefined when it is none. */
export function canonicalPurl(text: string): string | undefined {
  const purl = parsePurl(text);
  return purl && formatPurl(purl);
}

/** Writes a package URL; undefined when the parts do not make one. */
export function formatPurl(parts: Purl): string | undefined {
  const purl = build(() => new PackageURL(parts.type, parts.namespace, parts.name, parts.version, parts.qualifiers, parts.subpath));
  if (!purl) return undefined;
  const path = [...(purl.namespace?.split('/') ?? []), purl.name].map(encode).join('/');
  const version = purl.version === undefined ? '' : `@${encode(purl.version)}`;
  const qualifiers = Object.entries(purl.qualifiers ?? {}).map(([key, value]) => `${key}=${encode(value)}`);
  const query = qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`;
  const subpath = purl.subpath === undefined ? '' : `#${purl.subpath.split('/').map(encode).join('/')}`;
  return `pkg:${purl.type}/${path}${version}${query}${subpath}`;
}

/** The package URL of a package by its OSV ecosystem and name, with or without version. */
export function purlOf(ecosystem: string, name: string, version?: string): string | undefined {
  const type = purlTypeOf(ecosystem);
  if (type === undefined) return undefined;
  const spelled = canonicalName(ecosystem, name);
  const slash = spelled.lastIndexOf(separatorOf(ecosystem));
  return formatPurl({
    type,
    name: spelled.slice(slash + 1),
    ...(slash > 0 && { namespace: spelled.slice(0, slash) }),
    ...(version !== undefined && { version }),
  });
}

/** Ecosystem and name, as OSV has them, of a package URL; undefined for a type without an ecosystem that we know. */
export function packageOf(purl: Purl): { readonly ecosystem: string; readonly name: string } | undefined {
  const ecosystem = ecosystemOf(purl.type);
  if (ecosystem === undefined) return undefined;
  const full = purl.namespace === undefined ? purl.name : `${purl.namespace}${separatorOf(ecosystem)}${purl.name}`;
  return { ecosystem, name: canonicalName(ecosystem, full) };
}

/** The library throws more than its own error class, even `ReferenceError`: any throw means that it is no package URL. */
function build(make: () => PackageURL): Purl | undefined {
  try {
    return canonical(make());
  } catch {
    return undefined;
  }
}

function canonical(purl: PackageURL): Purl {
  const qualifiers = Object.entries(purl.qualifiers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: purl.type,
    name: purl.type === 'pypi' ? canonicalName('PyPI', purl.name) : purl.name,
    ...(purl.namespace && { namespace: purl.namespace }),
    ...(purl.version && { version: purl.version }),
    ...(qualifiers.length > 0 && { qualifiers: Object.fromEntries(qualifiers) }),
    ...(purl.subpath && { subpath: purl.subpath }),
  };
}

/** Everything but unreserved characters and the colon is percent-encoded (ECMA-427, *character encoding*). */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
