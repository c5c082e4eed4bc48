import {
  linesBy,
  LockFileRefused,
  objectOf,
  parseJson,
  type Fields,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
} from './lock-file.ts';
import { wantedBy, wantedByText, type Wanted } from './package-json.ts';

/** `package-lock.json` and `npm-shrinkwrap.json`, lock file versions 1 to 3. */
export const npmLock: LockFormat = {
  ecosystem: 'npm',
  matches: (file) => file === 'package-lock.json' || file === 'npm-shrinkwrap.json',
  async read(text, beside) {
    const lock = parseJson(text);
    const lines = linesBy(text, /^\s*"([^"]+)":\s*\{/);
    if (typeof lock['packages'] === 'object') return fromPackages(objectOf(lock['packages']), lines);
    if (typeof lock['dependencies'] === 'object')
      return fromTree(objectOf(lock['dependencies']), wantedByText(await beside('package.json')), lines);
    if (lock['lockfileVersion'] !== undefined) return { packages: [], runtime: [], development: [] };
    throw new LockFileRefused('it has neither packages nor dependencies');
  },
};

const folder = 'node_modules/';

/** Versions 2 and 3: a flat map by place in the folder tree; places outside `node_modules` are the project and its workspaces. */
function fromPackages(entries: Fields, lines: ReadonlyMap<string, number>): LockedGraph {
  const packages: LockedPackage[] = [];
  const runtime: string[] = [];
  const development: string[] = [];
  for (const [place, value] of Object.entries(entries)) {
    const entry = objectOf(value);
    const wanted = wantedBy(entry);
    const find = (name: string): string | undefined => resolve(entries, place, name);
    if (!place.includes(folder)) {
      runtime.push(...found(wanted.runtime.keys(), find));
      development.push(...found(wanted.development.keys(), find));
    } else if (entry['link'] !== true && typeof entry['version'] === 'string') {
      packages.push({
        id: place,
        name: typeof entry['name'] === 'string' ? entry['name'] : place.slice(place.lastIndexOf(folder) + folder.length),
        version: entry['version'],
        line: lines.get(place),
        licence: licenceOf(entry['license']),
        needs: found(wanted.runtime.keys(), find),
      });
    }
  }
  return { packages, runtime, development };
}

/** Node's own way: beside the package, then in each folder above it. */
function resolve(entries: Fields, from: string, name: string): string | undefined {
  for (let at = from; ; at = parentOf(at)) {
    const place = at === '' ? `${folder}${name}` : `${at}/${folder}${name}`;
    if (Object.hasOwn(entries, place)) return targetOf(entries, place);
    if (at === '') return undefined;
  }
}

function parentOf(place: string): string {
  return place.slice(0, Math.max(0, place.lastIndexOf(`/${folder}`)));
}

/** A link stands for a workspace, which is no package of the inventory. */
function targetOf(entries: Fields, place: string): string | undefined {
  return objectOf(entries[place])['link'] === true ? undefined : place;
}

/** Version 1: nested as on disk; only `package.json` tells what the project itself asks for. */
function fromTree(roots: Fields, wanted: Wanted | undefined, lines: ReadonlyMap<string, number>): LockedGraph {
  const packages: LockedPackage[] = [];
  const visit = (level: Fields, prefix: string, scopes: readonly ReadonlyMap<string, string>[]): void => {
    const here = new Map(Object.keys(level).map((name) => [name, `${prefix}${folder}${name}`]));
    for (const [name, value] of Object.entries(level)) {
      const entry = objectOf(value);
      const id = here.get(name)!;
      const inner = objectOf(entry['dependencies']);
      const visible = [...scopes, here, new Map(Object.keys(inner).map((child) => [child, `${id}/${folder}${child}`]))];
      const needs = found(Object.keys(objectOf(entry['requires'])), (child) => visible.findLast((scope) => scope.has(child))?.get(child));
      if (typeof entry['version'] === 'string') packages.push({ id, name, version: entry['version'], line: lines.get(name), needs });
      if (prefix.length < 4096) visit(inner, `${id}/`, [...scopes, here]);
    }
  };
  visit(roots, '', []);
  const find = (name: string): string | undefined => (Object.hasOwn(roots, name) ? `${folder}${name}` : undefined);
  const { runtime, development } = wanted ?? guessedFrom(roots, packages);
  return { packages, runtime: found(runtime.keys(), find), development: found(development.keys(), find) };
}

/** Without package.json: what nobody needs was asked for by the project, and the lock file marks what is for development. */
function guessedFrom(roots: Fields, packages: readonly LockedPackage[]): Wanted {
  const needed = new Set(packages.flatMap(({ needs }) => needs));
  const asked = Object.keys(roots).filter((name) => !needed.has(`${folder}${name}`));
  const isForDevelopment = (name: string): boolean => objectOf(roots[name])['dev'] === true;
  const all = (names: readonly string[]): ReadonlyMap<string, string> => new Map(names.map((name) => [name, '*']));
  return { runtime: all(asked.filter((name) => !isForDevelopment(name))), development: all(asked.filter(isForDevelopment)) };
}

function found(names: Iterable<string>, find: (name: string) => string | undefined): string[] {
  return [...names].flatMap((name) => find(name) ?? []);
}

function licenceOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
}
