import {
  linesBy,
  LockFileRefused,
  objectOf,
  textOf,
  type Fields,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
} from './lock-file.ts';
import { readYaml } from './markup.ts';

/** `pnpm-lock.yaml`, lock file versions 5 to 9. */
export const pnpmLock: LockFormat = {
  ecosystem: 'npm',
  matches: (file) => file === 'pnpm-lock.yaml',
  async read(text) {
    const lock = await readYaml(text);
    const version = textOf(lock['lockfileVersion']);
    const major = Number.parseInt(version, 10);
    if (!(major >= 5 && major <= 9))
      throw new LockFileRefused(`its version ${/^[\d.]{1,10}/.exec(version)?.[0] ?? ''} is not one of 5 to 9`);
    return graphOf(lock, major, linesBy(text, /^ {2}['"]?([^\s'"].*?)['"]?:/));
  },
};

function graphOf(lock: Fields, major: number, lines: ReadonlyMap<string, number>): LockedGraph {
  const described = objectOf(lock['packages']);
  // Since 9 the dependencies of a package stand under `snapshots`, once for each set of peers.
  const resolved = major >= 9 ? objectOf(lock['snapshots']) : described;
  const idOf = (name: string, version: string): string | undefined => candidates(name, version).find((key) => Object.hasOwn(resolved, key));
  const packages = Object.entries(resolved).flatMap(([key, value]): LockedPackage[] => {
    const entry = objectOf(value);
    const named = nameAndVersion(key, entry, major);
    if (!named) return [];
    const needs = ['dependencies', 'optionalDependencies'].flatMap((field) => asked(entry[field], idOf));
    return [{ id: key, ...named, line: lines.get(key) ?? lines.get(withoutPeers(key)), needs }];
  });
  const importers = lock['importers'] === undefined ? [lock] : Object.values(objectOf(lock['importers'])).map(objectOf);
  const of = (field: string): string[] => importers.flatMap((importer) => asked(importer[field], idOf));
  return { packages, runtime: [...of('dependencies'), ...of('optionalDependencies')], development: of('devDependencies') };
}

/** Dependencies stand as `name: version` or, since 6, for importers as `name: { specifier, version }`. */
function asked(value: unknown, idOf: (name: string, version: string) => string | undefined): string[] {
  return Object.entries(objectOf(value)).flatMap(([name, wanted]) => {
    const version = typeof wanted === 'string' ? wanted : objectOf(wanted)['version'];
    return typeof version === 'string' ? (idOf(name, version) ?? []) : [];
  });
}

/** How the versions write the key of a package; an alias names another package in the place of the version. */
function candidates(name: string, version: string): readonly string[] {
  return [`${name}@${version}`, `/${name}@${version}`, `/${name}/${version}`, version, version.startsWith('/') ? version : `/${version}`];
}

function nameAndVersion(key: string, entry: Fields, major: number): { name: string; version: string } | undefined {
  const plain = withoutPeers(key).replace(/^\//, '');
  const pattern = major >= 6 ? /^((?:@[^/]+\/)?[^@/]+)@(.+)$/ : /^((?:@[^/]+\/)?[^/]+)\/([^/_]+)(?:_.*)?$/;
  const match = pattern.exec(plain);
  const name = typeof entry['name'] === 'string' ? entry['name'] : match?.[1];
  const version = typeof entry['version'] === 'string' ? entry['version'] : match?.[2];
  if (name === undefined || version === undefined || version.startsWith('link:') || version.startsWith('file:')) return undefined;
  return { name, version };
}

function withoutPeers(key: string): string {
  const open = key.indexOf('(');
  return open < 0 ? key : key.slice(0, open);
}
