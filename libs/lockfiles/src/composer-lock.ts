import {
  listOf,
  LockFileRefused,
  linesBy,
  objectOf,
  parseJson,
  textOf,
  type Beside,
  type Fields,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
  type OpenPackage,
} from './lock-file.ts';

/** `composer.lock`; `composer.json` beside it tells what the project itself asks for. */
export const composerLock: LockFormat = {
  ecosystem: 'Packagist',
  matches: (file) => file === 'composer.lock',
  async read(text, beside) {
    const lock = parseJson(text);
    if (!Array.isArray(lock['packages'])) throw new LockFileRefused('it has no packages');
    return graphOf(text, [lock['packages'], lock['packages-dev']], await beside('composer.json'));
  },
};

/** `vendor/composer/installed.json`: what is checked in with the repository. */
export const composerInstalled: LockFormat = {
  ecosystem: 'Packagist',
  matches: (file, path) => file === 'installed.json' && /(?:^|\/)composer\/installed\.json$/.test(path),
  async read(text, beside: Beside) {
    // Composer 1 wrote a bare list.
    const installed = parseJson(text.trimStart().startsWith('[') ? `{"packages":${text}}` : text);
    if (!Array.isArray(installed['packages'])) throw new LockFileRefused('it has no packages');
    const names = new Set(listOf(installed['dev-package-names']).map(textOf));
    const packages = listOf(installed['packages']);
    const isForDevelopment = (entry: unknown): boolean => names.has(textOf(objectOf(entry)['name']));
    const lists = [packages.filter((entry) => !isForDevelopment(entry)), packages.filter(isForDevelopment)];
    return graphOf(text, lists, await beside('../../composer.json'));
  },
};

function graphOf(text: string, [runtime, development]: readonly unknown[], manifest: string | undefined): LockedGraph {
  const lines = linesBy(text, /^\s*"name":\s*"([^"]+\/[^"]+)"/);
  const lists = [listOf(runtime).map(objectOf), listOf(development).map(objectOf)];
  const entries = lists.flat().filter((entry) => textOf(entry['name']) !== '' && textOf(entry['version']) !== '');
  const providers = providersOf(entries);
  const packages = entries.map((entry): LockedPackage => ({
    id: keyOf(entry),
    name: textOf(entry['name']),
    version: textOf(entry['version']),
    line: lines.get(textOf(entry['name'])),
    licence: licenceOf(entry['license']),
    needs: namesIn(entry['require']).flatMap((name) => providers.get(name) ?? []),
  }));
  const asked = manifest === undefined ? undefined : wantedByComposer(manifest);
  const find = (names: readonly string[]): string[] => names.flatMap((name) => providers.get(name) ?? []);
  const idsOf = (list: readonly Fields[]): string[] => list.map(keyOf);
  return {
    packages,
    // Without the manifest, the two lists still tell what is for development.
    runtime: asked ? find(asked.runtime) : idsOf(lists[0]!),
    development: asked ? find(asked.development) : idsOf(lists[1]!),
    ...(!asked && { direct: new Set<string>() }),
    open: entries.flatMap((entry) => branchOf(entry, lines)),
  };
}

/** A branch has no place among the versions that advisories name. */
function branchOf(entry: Fields, lines: ReadonlyMap<string, number>): readonly OpenPackage[] {
  const [name, version] = [textOf(entry['name']), textOf(entry['version'])];
  if (!/^dev-|-dev$/.test(version)) return [];
  const line = lines.get(name);
  return [{ name, ...(line !== undefined && { line }), reason: `it is locked to the branch ${version.slice(0, 60)}` }];
}

function keyOf(entry: Fields): string {
  return textOf(entry['name']).toLowerCase();
}

/** Who stands for a name: the package itself, or one that replaces or provides it. */
function providersOf(entries: readonly Fields[]): ReadonlyMap<string, string> {
  const providers = new Map<string, string>();
  for (const entry of entries)
    for (const name of [...namesIn(entry['replace']), ...namesIn(entry['provide'])]) providers.set(name, keyOf(entry));
  for (const entry of entries) providers.set(keyOf(entry), keyOf(entry));
  return providers;
}

function namesIn(requirements: unknown): readonly string[] {
  return Object.keys(objectOf(requirements)).map((name) => name.toLowerCase());
}

interface Wanted {
  readonly runtime: readonly string[];
  readonly development: readonly string[];
}

/** What a `composer.json` asks for, lower case, the platform (`php`, `ext-json`) too; undefined when it cannot be read. */
export function wantedByComposer(text: string): Wanted | undefined {
  try {
    const { require, 'require-dev': forDevelopment } = parseJson(text);
    return { runtime: namesIn(require), development: namesIn(forDevelopment) };
  } catch {
    return undefined;
  }
}

function licenceOf(value: unknown): string | undefined {
  const licences = listOf(value).map(textOf);
  if (licences.length === 0 || licences.includes('')) return undefined;
  return licences.length === 1 ? licences[0] : `(${licences.join(' OR ')})`;
}
