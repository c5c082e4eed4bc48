import {
  listOf,
  LockFileRefused,
  objectOf,
  textOf,
  type Beside,
  type Fields,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
} from './lock-file.ts';
import { readToml } from './markup.ts';

/** `Cargo.lock` of all versions. What has no source lies in the repository: it is the project, or a member of its workspace. */
export const cargoLock: LockFormat = {
  ecosystem: 'crates.io',
  matches: (file) => file === 'Cargo.lock',
  async read(text, beside) {
    const lock = await readToml(text);
    // Version 1 has the project apart.
    const entries = [lock['root'], ...listOf(lock['package'])].map(objectOf).filter((entry) => textOf(entry['name']) !== '');
    if (entries.length === 0 && lock['version'] === undefined) throw new LockFileRefused('it holds no packages');
    const [own, foreign] = [
      entries.filter((entry) => entry['source'] === undefined),
      entries.filter((entry) => entry['source'] !== undefined),
    ];
    const resolve = resolver(foreign);
    const lines = tableLines(text);
    const packages = foreign.map((entry): LockedPackage => ({
      id: idOf(entry),
      name: textOf(entry['name']),
      version: textOf(entry['version']),
      line: lines.get(`${textOf(entry['name'])} ${textOf(entry['version'])}`),
      needs: needsOf(entry).flatMap(resolve),
    }));
    return { packages: packages.filter(({ version }) => version !== ''), ...(await rootsOf(own, resolve, beside)) } satisfies LockedGraph;
  },
};

function idOf(entry: Fields): string {
  return `${textOf(entry['name'])} ${textOf(entry['version'])} (${textOf(entry['source'])})`;
}

function needsOf(entry: Fields): readonly string[] {
  return listOf(entry['dependencies']).filter((need) => typeof need === 'string');
}

/** `memchr`, `memchr 2.7.4` or `memchr 2.7.4 (registry+…)`: no more than what makes it unique. */
function resolver(entries: readonly Fields[]): (need: string) => readonly string[] {
  const byName = new Map<string, Fields[]>();
  for (const entry of entries) byName.set(textOf(entry['name']), [...(byName.get(textOf(entry['name'])) ?? []), entry]);
  return (need) => {
    const [, name = '', version, source] = /^(\S+)(?: (\S+))?(?: \((.*)\))?$/.exec(need) ?? [];
    const found = (byName.get(name) ?? []).filter(
      (entry) =>
        (version === undefined || entry['version'] === version) &&
        (source === undefined || withoutCommit(textOf(entry['source'])) === withoutCommit(source)),
    );
    return found.map(idOf);
  };
}

function withoutCommit(source: string): string {
  return source.replace(/#[^#]*$/, '');
}

/** Only the manifests tell what is for development; what none of them names is needed at run time. */
async function rootsOf(
  own: readonly Fields[],
  resolve: (need: string) => readonly string[],
  beside: Beside,
): Promise<Pick<LockedGraph, 'runtime' | 'development'>> {
  if (own.length === 0) return { runtime: undefined, development: [] };
  const forTests = await developmentNames(own, beside);
  const [runtime, development] = [new Set<string>(), new Set<string>()];
  for (const entry of own) {
    const names = forTests.get(textOf(entry['name']));
    for (const need of needsOf(entry)) for (const id of resolve(need)) (names?.has(need.split(' ', 1)[0]!) ? development : runtime).add(id);
  }
  return { runtime: [...runtime], development: [...development] };
}

const mostFolders = 2_000;

/** The root, and the members of its workspace; of a pattern such as `crates/*` the folders that are named like a package. */
function memberFolders(root: Fields | undefined, names: readonly string[]): readonly string[] {
  const members = listOf(objectOf(root?.['workspace'])['members']).map(textOf);
  const folders = members.flatMap((member) => (/[*?]/.test(member) ? names.map((name) => member.replace(/[^/]*[*?].*$/, name)) : [member]));
  return ['.', ...folders.filter((folder) => folder !== '')].slice(0, mostFolders);
}

/** What is only for development, by the name of the package; the first manifest of that name counts. */
async function developmentNames(own: readonly Fields[], beside: Beside): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const names = own.map((entry) => textOf(entry['name']));
  const wanted = new Set(names);
  const found = new Map<string, ReadonlySet<string>>();
  const root = await manifestAt('.', beside);
  for (const folder of memberFolders(root, names)) {
    const manifest = folder === '.' ? root : await manifestAt(folder, beside);
    const name = textOf(objectOf(manifest?.['package'])['name']);
    if (manifest && wanted.delete(name)) found.set(name, onlyForDevelopment(manifest));
    if (wanted.size === 0) break;
  }
  return found;
}

function onlyForDevelopment(manifest: Fields): ReadonlySet<string> {
  const tables = [manifest, ...Object.values(objectOf(manifest['target'])).map(objectOf)];
  const named = (...keys: string[]): string[] => tables.flatMap((table) => keys.flatMap((key) => cratesIn(objectOf(table[key]))));
  const needed = new Set(named('dependencies', 'build-dependencies', 'build_dependencies'));
  return new Set(named('dev-dependencies', 'dev_dependencies').filter((name) => !needed.has(name)));
}

/** `package` says how a renamed crate is really called. */
function cratesIn(dependencies: Fields): string[] {
  return Object.entries(dependencies).map(([name, value]) => textOf(objectOf(value)['package']) || name);
}

async function manifestAt(folder: string, beside: Beside): Promise<Fields | undefined> {
  const text = await beside(folder === '.' ? 'Cargo.toml' : `${folder}/Cargo.toml`);
  if (text === undefined) return undefined;
  return readToml(text).catch(() => undefined);
}

/** The line of each `[[package]]`, by name and version. */
function tableLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let [start, name] = [0, ''];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('[')) start = index + 1;
    const [, key, value] = /^(name|version)\s*=\s*"([^"]*)"/.exec(line) ?? [];
    if (key === 'name') name = value!;
    else if (key === 'version' && start > 0) lines.set(`${name} ${value!}`, start);
  }
  return lines;
}
