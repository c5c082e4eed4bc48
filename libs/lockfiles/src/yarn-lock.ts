import { LockFileRefused, objectOf, textOf, type LockedGraph, type LockedPackage, type LockFormat } from './lock-file.ts';
import { wantedByText, type Wanted } from './package-json.ts';

interface Entry {
  /** `name@range` of everybody who is served by this entry. */
  readonly descriptors: readonly string[];
  readonly line: number;
  readonly version: string;
  readonly name: string;
  readonly needs: readonly string[];
  /** A workspace of the project, not a package. */
  readonly workspace: boolean;
}

/** `yarn.lock` of yarn 1 and of the later ones. */
export const yarnLock: LockFormat = {
  ecosystem: 'npm',
  matches: (file) => file === 'yarn.lock',
  async read(text, beside) {
    const entries = /^__metadata:/m.test(text) ? await berryEntries(text) : classicEntries(text);
    return graphOf(entries, wantedByText(await beside('package.json')));
  },
};

function graphOf(entries: readonly Entry[], wanted: Wanted | undefined): LockedGraph {
  const byDescriptor = new Map(entries.flatMap((entry) => entry.descriptors.map((descriptor) => [descriptor, idOf(entry)] as const)));
  const find = (name: string, range: string): string[] => {
    const id = byDescriptor.get(`${name}@${range}`) ?? byDescriptor.get(`${name}@npm:${range}`);
    return id === undefined ? [] : [id];
  };
  const packages: LockedPackage[] = entries
    .filter((entry) => !entry.workspace)
    .map((entry) => ({
      id: idOf(entry),
      name: entry.name,
      version: entry.version,
      line: entry.line,
      needs: entry.needs.flatMap((descriptor) => byDescriptor.get(descriptor) ?? byDescriptor.get(withProtocol(descriptor)) ?? []),
    }));
  const asked = (ranges: ReadonlyMap<string, string> | undefined): string[] =>
    [...(ranges ?? [])].flatMap(([name, range]) => find(name, range));
  const ofWorkspaces = entries
    .filter((entry) => entry.workspace)
    .flatMap((entry) =>
      entry.needs.flatMap((descriptor) => byDescriptor.get(descriptor) ?? byDescriptor.get(withProtocol(descriptor)) ?? []),
    );
  const development = asked(wanted?.development);
  const isDevelopment = new Set(development);
  const runtime = [...asked(wanted?.runtime), ...ofWorkspaces.filter((id) => !isDevelopment.has(id))];
  return { packages: unique(packages), runtime: wanted || ofWorkspaces.length > 0 ? runtime : undefined, development };
}

function idOf(entry: Entry): string {
  return `${entry.name}@${entry.version}`;
}

function unique(packages: readonly LockedPackage[]): readonly LockedPackage[] {
  return [...new Map(packages.map((locked) => [locked.id, locked])).values()];
}

/** `a@^1` → `a@npm:^1`: the later yarns write the protocol in keys, not always in dependencies. */
function withProtocol(descriptor: string): string {
  const at = descriptor.indexOf('@', 1);
  return `${descriptor.slice(0, at)}@npm:${descriptor.slice(at + 1)}`;
}

/** The name that is installed: of an alias `a@npm:b@^1` it is b. */
function nameOf(descriptor: string): string {
  const at = descriptor.indexOf('@', 1);
  const range = descriptor.slice(at + 1);
  const aliased = /^npm:((?:@[^/@]+\/)?[^/@]+)@/.exec(range)?.[1];
  return aliased ?? descriptor.slice(0, at);
}

/** Yarn 1 has a format of its own: keys at the margin, fields indented by two, dependencies by four. */
function classicEntries(text: string): readonly Entry[] {
  if (!text.includes('# yarn lockfile v1')) throw new LockFileRefused('it is no lock file of yarn');
  const entries: (Entry & { needs: string[]; version: string })[] = [];
  let inDependencies = false;
  text.split('\n').forEach((line, index) => {
    if (line.startsWith('#') || line.trim() === '') return;
    if (!line.startsWith(' ')) {
      const descriptors = line
        .replace(/:\s*$/, '')
        .split(',')
        .map((part) => unquoted(part.trim()));
      entries.push({ descriptors, line: index + 1, version: '', name: nameOf(descriptors[0]!), needs: [], workspace: false });
      return;
    }
    const entry = entries.at(-1);
    if (!entry) throw new LockFileRefused(`line ${index + 1} belongs to no package`);
    const field = /^( {2}| {4})("[^"]+"|[^\s"]+)(?: (.*)|:)?\s*$/.exec(line);
    if (!field) return;
    const [, indent, key, value] = field as unknown as [string, string, string, string | undefined];
    if (indent.length === 2) inDependencies = key === 'dependencies:' || key === 'optionalDependencies:';
    if (indent.length === 2 && key === 'version' && value !== undefined) entry.version = unquoted(value);
    if (indent.length === 4 && inDependencies && value !== undefined) entry.needs.push(`${unquoted(key)}@${unquoted(value)}`);
  });
  return entries.filter((entry) => entry.version !== '');
}

async function berryEntries(text: string): Promise<readonly Entry[]> {
  const { readYaml } = await import('./markup.ts');
  const document = await readYaml(text);
  const lines = new Map(text.split('\n').map((line, index) => [unquoted(line.replace(/:\s*$/, '')), index + 1]));
  return Object.entries(document).flatMap(([key, value]) => {
    const entry = objectOf(value);
    const resolution = entry['resolution'];
    if (key === '__metadata' || typeof resolution !== 'string') return [];
    const needs = ['dependencies', 'optionalDependencies'].flatMap((field) =>
      Object.entries(objectOf(entry[field])).map(([name, range]) => `${name}@${String(range)}`),
    );
    return [
      {
        descriptors: key.split(',').map((part) => part.trim()),
        line: lines.get(key) ?? 1,
        version: textOf(entry['version']),
        name: nameOf(resolution),
        needs,
        workspace: entry['linkType'] === 'soft' || resolution.includes('@workspace:'),
      },
    ];
  });
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}
