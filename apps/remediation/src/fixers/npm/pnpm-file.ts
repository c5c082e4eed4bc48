import { parse } from 'yaml';
import { objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import type { Need } from '../../locks/release.ts';
import { FixRefused } from '../version-change.ts';
import { rawFields, type RawFields } from './pnpm-entry.ts';
import { pnpmForm, type PnpmForm } from './pnpm-forms.ts';
import { cutAt, type Part } from './pnpm-text.ts';
import { needOf, type NpmRelease } from './releases.ts';

/** A package as it is installed with its peers. */
export interface Installed {
  readonly name: string;
  version: string;
  /** The version before the edit. */
  readonly was: string;
  /** The suffix that names its peers. */
  peers: string;
  /** As it stands in the file; undefined for a new one. */
  readonly key: string | undefined;
  readonly links: Links;
  /** Set when it changed or is new. */
  release: NpmRelease | undefined;
  /** Its block where its links stand, and where its release is described; the same until version 9. */
  readonly fields: RawFields;
  readonly described: RawFields;
  readonly ownPeers?: ReadonlySet<string>;
  readonly held: string | undefined;
}

export interface Link {
  /** Undefined for what does not come from a registry. */
  readonly to: Installed | undefined;
  readonly ref: string;
  readonly isOptional: boolean;
}

export type Links = Map<string, Link>;

export interface OwnWish {
  need: Need;
  readonly before: Need;
  readonly field: string;
  readonly to: Installed | undefined;
}

/** One of the repository's own packages; `path` leads to it in the file. */
export interface Importer {
  readonly where: string;
  readonly path: readonly string[];
  readonly wishes: ReadonlyMap<string, OwnWish>;
}

export interface PnpmFile {
  readonly version: string;
  readonly sections: readonly Part[];
  readonly head: string;
  readonly importers: readonly Importer[];
  installed: Installed[];
  /** What nobody led to in the first place. */
  readonly loose: ReadonlySet<Installed>;
  /** Ranges that the project sets for everybody. */
  readonly forced: ReadonlyMap<string, string>;
}

/** A file with what was changed in it. */
export interface PnpmState {
  readonly form: PnpmForm;
  readonly file: PnpmFile;
  /** New overrides of the project. */
  readonly overrides: ReadonlyMap<string, string>;
}

const fields = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Throws `FixRefused` for a file that cannot be read, or holds what is not edited. */
export function readPnpm(path: string, text: string): PnpmFile {
  const lock = parsed(path, text);
  const version = textOf(lock['lockfileVersion']);
  const form = pnpmForm(path, version);
  if (lock['time'] !== undefined) throw new FixRefused(`${path} notes when everything was published: only pnpm can write that`);
  const { head, parts: sections } = cutAt(text, 0);
  const section = (key: string): readonly Part[] => cutAt(sections.find((one) => one.key === key)?.raw ?? '', 2).parts;
  const described = new Map(section('packages').map(({ key, raw }) => [key, rawFields(raw)]));
  const blocks = form.hasSnapshots ? section('snapshots') : section('packages');
  const values = objectOf(lock[form.hasSnapshots ? 'snapshots' : 'packages']);
  const packages = objectOf(lock['packages']);
  const byKey = new Map(
    blocks.map(({ key, raw }): [string, Installed] => {
      const read = form.read(key);
      const own = read && form.hasSnapshots ? form.keyOf(read.name, read.version, '') : key;
      const release = objectOf(packages[own]);
      return [
        key,
        {
          name: read?.name ?? key,
          version: read?.version ?? '',
          was: read?.version ?? '',
          peers: read?.peers ?? '',
          key,
          links: new Map(),
          release: undefined,
          fields: rawFields(raw),
          described: described.get(own) ?? new Map<string, string>(),
          ownPeers: new Set(Object.keys(objectOf(release['peerDependencies']))),
          held: heldBy(read !== undefined, release, read?.peers ?? ''),
        },
      ];
    }),
  );
  for (const [key, installed] of byKey) {
    const value = objectOf(values[key]);
    for (const field of ['dependencies', 'optionalDependencies'] as const)
      for (const [as, ref] of Object.entries(objectOf(value[field])))
        installed.links.set(as, { to: byKey.get(form.keyOfRef(as, textOf(ref))), ref: textOf(ref), isOptional: field !== 'dependencies' });
  }
  const importers = importersOf(lock, form.version, (as, ref) => byKey.get(form.keyOfRef(as, ref)));
  const installed = [...byKey.values()];
  return { version, sections, head, importers, installed, loose: looseIn(importers, installed), forced: forcedIn(lock) };
}

function parsed(path: string, text: string): Fields {
  if (/^---/m.test(text)) throw new FixRefused(`${path} holds several documents, which are not edited`);
  try {
    return objectOf(parse(text, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'error' }));
  } catch {
    throw new FixRefused(`${path} is not YAML`);
  }
}

function heldBy(isNamed: boolean, release: Fields, peers: string): string | undefined {
  const resolution = objectOf(release['resolution']);
  if (!isNamed || textOf(resolution['integrity']) === '' || resolution['tarball'] !== undefined)
    return 'does not come from a registry by its name alone';
  return release['patched'] !== undefined || peers.includes('patch_hash') ? 'is patched by the project' : undefined;
}

/** Since 6 specifiers stand beside versions; a file of one package has no `importers`. */
function importersOf(lock: Fields, version: number, find: (as: string, ref: string) => Installed | undefined): readonly Importer[] {
  const named = lock['importers'] === undefined ? [['.', lock] as const] : Object.entries(objectOf(lock['importers']));
  return named.map(([place, value]) => {
    const importer = objectOf(value);
    const specifiers = objectOf(importer['specifiers']);
    const wishes = fields.flatMap((field) =>
      Object.entries(objectOf(importer[field])).map(([as, wish]): [string, OwnWish] => {
        const ref = version < 6 ? textOf(wish) : textOf(objectOf(wish)['version']);
        const specifier = version < 6 ? textOf(specifiers[as]) : textOf(objectOf(wish)['specifier']);
        const need = needOf(as, specifier, field === 'optionalDependencies' ? 'optional' : 'required');
        return [as, { need, before: need, field, to: find(as, ref) }];
      }),
    );
    return {
      where: place === '.' ? '' : place,
      path: lock['importers'] === undefined ? [] : ['importers', place],
      wishes: new Map(wishes),
    };
  });
}

function looseIn(importers: readonly Importer[], installed: readonly Installed[]): ReadonlySet<Installed> {
  const used = reachedFrom(importers, () => true);
  return new Set(installed.filter((one) => !used.has(one)));
}

function forcedIn(lock: Fields): ReadonlyMap<string, string> {
  const overrides = Object.entries(objectOf(lock['overrides'])).map(([key, range]): [string, string] => [
    key.replace(/^.*>|(?<=.)@.*$/g, ''),
    textOf(range),
  ]);
  const catalogs = Object.values(objectOf(lock['catalogs'])).flatMap((catalog) =>
    Object.entries(objectOf(catalog)).map(([name, wish]): [string, string] => [name, textOf(objectOf(wish)['specifier'])]),
  );
  return new Map([...overrides, ...catalogs].filter(([, range]) => /^[\d^~><=*x\s.|-]/.test(range)));
}

/** Everything that importers lead to, over links that count. */
export function reachedFrom(
  importers: readonly Importer[],
  counts: (wish: { readonly field: string }) => boolean,
  isOptionalToo = true,
): ReadonlySet<Installed> {
  const used = new Set<Installed>();
  const open = importers.flatMap(({ wishes }) => [...wishes.values()].flatMap((wish) => (wish.to && counts(wish) ? [wish.to] : [])));
  for (let next = open.pop(); next; next = open.pop()) {
    if (used.has(next)) continue;
    used.add(next);
    for (const { to, isOptional } of next.links.values()) if (to && (isOptionalToo || !isOptional)) open.push(to);
  }
  return used;
}
