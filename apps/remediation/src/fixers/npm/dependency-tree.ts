import { FixRefused } from '../version-change.ts';
import { without } from './entry.ts';
import { objectOf, textOf, type Fields } from '../../editing/unknown.ts';

const folder = 'node_modules/';
const maxNesting = 50;

/** `dependencies` of package-lock.json 1 and 2: the folders as a tree of objects. */
export interface DependencyTree {
  /** As version 3 would have it. */
  asPackages(): readonly (readonly [string, Fields])[];
  /** The tree after the entries changed. */
  following(entries: ReadonlyMap<string, Fields>): Fields;
}

export function treeOf(tree: Fields, packages: Fields): DependencyTree {
  const links = new Map(
    Object.entries(packages).flatMap(([key, entry]) =>
      objectOf(entry)['link'] === true ? [[key, textOf(objectOf(entry)['resolved'])] as const] : [],
    ),
  );
  const known = new Map(flat(tree, '', links, 0));
  const isKnown = (key: string): boolean => (Object.keys(packages).length > 0 ? Object.hasOwn(packages, key) : known.has(key));
  return {
    asPackages: () => [['', {}], ...[...known].map(([key, entry]) => [key, asEntry(entry)] as const)],
    following(entries) {
      const below = (level: Fields, prefix: string): Fields => {
        const names = new Set([...Object.keys(level), ...childrenOf(entries, prefix)]);
        const all = [...names].flatMap((name): [string, unknown][] => {
          const key = `${prefix}${folder}${name}`;
          const entry = entries.get(key);
          if (entry === undefined) return isKnown(key) ? [] : [[name, level[name]]];
          const before = level[name] === undefined ? undefined : objectOf(level[name]);
          const place = links.get(key) ?? key;
          const inner = below(objectOf(before?.['dependencies']), `${place}/`);
          return [[name, following(before, entry, inner)]];
        });
        return inAlphabet(level, all);
      };
      return below(tree, '');
    },
  };
}

function flat(level: Fields, prefix: string, links: ReadonlyMap<string, string>, depth: number): [string, Fields][] {
  if (depth > maxNesting) throw new FixRefused(`the tree of dependencies nests deeper than ${maxNesting} levels`);
  return Object.entries(level).flatMap(([name, value]) => {
    const key = `${prefix}${folder}${name}`;
    const inner = objectOf(objectOf(value)['dependencies']);
    return [[key, objectOf(value)] as [string, Fields], ...flat(inner, `${links.get(key) ?? key}/`, links, depth + 1)];
  });
}

/** An alias is installed under another name: `npm:<name>@<version>`. */
function asEntry(entry: Fields): Fields {
  const alias = /^npm:((?:@[^/@]+\/)?[^@]+)@(.*)$/.exec(textOf(entry['version']));
  return {
    ...without(entry, ['requires']),
    ...(alias && { name: alias[1], version: alias[2] }),
    dependencies: objectOf(entry['requires']),
  };
}

function following(before: Fields | undefined, entry: Fields, inner: Fields): Fields {
  const named = textOf(entry['name']);
  const alias = before ? (/^npm:.*@/.exec(textOf(before['version']))?.[0] ?? '') : named && `npm:${named}@`;
  const isLink = entry['link'] === true;
  const requires = { ...objectOf(entry['dependencies']), ...objectOf(entry['optionalDependencies']) };
  const changes: Fields = isLink
    ? {}
    : {
        version: `${alias}${textOf(entry['version'])}`,
        resolved: entry['resolved'],
        integrity: entry['integrity'],
        ...Object.fromEntries(['dev', 'optional', 'devOptional'].map((flag) => [flag, entry[flag]])),
        requires,
      };
  const merged = { ...before, ...changes, dependencies: inner };
  return Object.fromEntries(
    Object.entries(merged).filter(([key, value]) => {
      const empty = value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
      return !empty || (before !== undefined && Object.hasOwn(before, key) && value !== undefined && key !== 'dependencies');
    }),
  );
}

function childrenOf(entries: ReadonlyMap<string, Fields>, prefix: string): readonly string[] {
  const start = `${prefix}${folder}`;
  return [...entries.keys()].flatMap((key) => {
    const rest = key.startsWith(start) ? key.slice(start.length) : '';
    return rest === '' || rest.includes(folder) ? [] : [rest];
  });
}

function inAlphabet(before: Fields, all: readonly [string, unknown][]): Fields {
  const added = all.filter(([name]) => !Object.hasOwn(before, name));
  const order = all.filter(([name]) => Object.hasOwn(before, name));
  for (const one of added) {
    const at = order.findIndex(([name]) => name.localeCompare(one[0], 'en') > 0);
    order.splice(at < 0 ? order.length : at, 0, one);
  }
  return Object.fromEntries(order);
}
