import { objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { type NpmRelease } from './releases.ts';

/** Fields of an entry that follow from the version, in the order in which npm writes them. */
const versionFields = [
  'cpu',
  'deprecated',
  'hasInstallScript',
  'libc',
  'license',
  'os',
  'dependencies',
  'bin',
  'engines',
  'funding',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
] as const;

/** What package-lock.json says about a release under `packages`, without version, address and checksum. */
export function describedRelease({ manifest }: NpmRelease): Fields {
  const optional = objectOf(manifest['optionalDependencies']);
  const dependencies = Object.entries(objectOf(manifest['dependencies'])).filter(([name]) => !Object.hasOwn(optional, name));
  const described: Fields = {
    ...pick(manifest, ['cpu', 'deprecated', 'libc', 'os', 'peerDependenciesMeta', 'peerDependencies', 'engines']),
    hasInstallScript: manifest['hasInstallScript'] === true || runsAtInstall(manifest) || undefined,
    license: licenceOf(manifest['license']),
    dependencies: Object.fromEntries(dependencies),
    bin: binOf(manifest),
    funding: typeof manifest['funding'] === 'string' ? { url: manifest['funding'] } : manifest['funding'],
    optionalDependencies: optional,
  };
  return Object.fromEntries(versionFields.flatMap((field) => (isEmpty(described[field]) ? [] : [[field, described[field]]])));
}

/** The entry with what npm writes first at the front, then plain values by name, then lists of needs and other objects. */
export function inOrder(entry: Fields): Fields {
  const rank = (key: string): string => {
    const first = ['name', 'version', 'lockfileVersion', 'resolved', 'integrity', 'requires', 'packages', 'dependencies'].indexOf(key);
    const nested = typeof entry[key] === 'object' && !Array.isArray(entry[key]) ? 1 : 0;
    return `${nested}${first < 0 ? 9 : first}${key}`;
  };
  return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1)));
}

export function without(entry: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)));
}

export const fieldsOfVersion: readonly string[] = versionFields;

function pick(manifest: Fields, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, manifest[key]]));
}

function runsAtInstall(manifest: Fields): boolean {
  return ['preinstall', 'install', 'postinstall'].some((script) => Object.hasOwn(objectOf(manifest['scripts']), script));
}

function licenceOf(value: unknown): unknown {
  return typeof value === 'string' ? value : objectOf(value)['type'];
}

function binOf(manifest: Fields): unknown {
  const bin = manifest['bin'];
  const named = typeof bin === 'string' ? { [textOf(manifest['name']).replace(/^@[^/]+\//, '')]: bin } : objectOf(bin);
  return Object.fromEntries(Object.entries(named).map(([name, path]) => [name, textOf(path).replace(/^\.?\/+/, '')]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
