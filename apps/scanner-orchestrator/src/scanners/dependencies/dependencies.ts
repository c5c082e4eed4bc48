import { posix } from 'node:path';
import { componentsOf, formatOf, isCompanion, LockFileRefused, type LockFormat, type OpenPackage } from '@throughline/lockfiles';
import { purlOf } from '@throughline/versions';
import type { OwnScanner, RawComponent, RawFinding, RawLine, Tree } from '../scanner.ts';
import { isManifest, knownLockFiles, missingLocks } from './missing-locks.ts';

const largestLockFile = 32 * 1024 * 1024;
const mostComponents = 100_000;

/** What a tree locks, from its lock files alone: nothing is installed or asked for. */
export const dependencies: OwnScanner = {
  kind: 'own',
  name: 'dependencies',
  finds: ['vulnerability'],
  ruleset: 'lock-files-1',
  adapter: 2,
  reads: (path) => isOfInterest(path) && !isInstalled(path),
  nothing: 'the tree has no manifest or lock file of an ecosystem that is read',
  canary: {
    path: (random) => `${random}/package-lock.json`,
    content: () =>
      JSON.stringify({
        lockfileVersion: 3,
        packages: { '': { dependencies: { canary: '1' } }, 'node_modules/canary': { version: '1.2.3' } },
      }),
    expects: 'npm/canary@1.2.3',
  },
  scan: inventory,
};

/** What package managers put beside the project: the manifests in it are those of others. Composer's own list of it is read. */
function isInstalled(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  if (folders.includes('node_modules')) return true;
  const ecosystem = formatOf(path)?.ecosystem;
  const vendored = isCompanion(posix.basename(path)) || !['npm', 'PyPI', undefined].includes(ecosystem);
  return vendored && folders.includes('vendor') && !path.endsWith('/composer/installed.json');
}

function isOfInterest(path: string): boolean {
  const file = posix.basename(path);
  return isManifest(file) || knownLockFiles.has(file) || isCompanion(file) || formatOf(path) !== undefined;
}

/** What a lock file gives. */
interface Inventory {
  readonly components: readonly RawComponent[];
  readonly open: readonly OpenPackage[];
}

async function* inventory(tree: Tree): AsyncIterable<RawLine> {
  let count = 0;
  const files = new Set(tree.files);
  for (const path of tree.files) {
    const format = formatOf(path);
    if (!format && !knownLockFiles.has(posix.basename(path))) continue;
    const found = format ? await read(tree, files, path, format) : 'no reader knows its format';
    if (typeof found === 'string') {
      yield { finding: unreadable(path, found) };
      continue;
    }
    count += found.components.length;
    if (count > mostComponents) throw new Error(`the lock files hold more than ${mostComponents} packages`);
    for (const component of distinct(found.components)) yield { component };
    if (found.open.length > 0) yield { finding: unresolved(path, found.open) };
  }
  for await (const finding of missingLocks(tree)) yield { finding };
}

async function read(tree: Tree, files: ReadonlySet<string>, path: string, format: LockFormat): Promise<Inventory | string> {
  const text = await tree.text(path, largestLockFile);
  if (text === undefined) return `it is binary or larger than ${largestLockFile / 1024 / 1024} MiB`;
  const beside = async (name: string): Promise<string | undefined> => {
    const other = posix.join(posix.dirname(path), name);
    return files.has(other) ? tree.text(other, largestLockFile) : undefined;
  };
  try {
    const graph = await format.read(text, beside);
    return named(componentsOf(graph, format.ecosystem, path), graph.open ?? []);
  } catch (error) {
    if (error instanceof LockFileRefused) return error.message;
    throw error;
  }
}

const longestName = 300;
const longestVersion = 200;

/** What cannot be named by a package URL is no package that advisories know: it is told with what stays open. */
function named(components: readonly RawComponent[], open: readonly OpenPackage[]): Inventory {
  const isNamed = ({ ecosystem, name, version }: RawComponent): boolean =>
    name.length <= longestName && version.length <= longestVersion && purlOf(ecosystem, name, version) !== undefined;
  const nameless = components
    .filter((one) => !isNamed(one))
    .map(({ name, line }) => ({ name, ...(line !== undefined && { line }), reason: 'its name or version is none' }));
  return { components: nameless.length === 0 ? components : components.filter(isNamed), open: [...open, ...nameless] };
}

/** The same package may lie in several places: the shortest path tells most, and one use at run time decides the scope. */
function distinct(components: readonly RawComponent[]): Iterable<RawComponent> {
  const kept = new Map<string, RawComponent>();
  for (const component of components) {
    const key = `${component.name}@${component.version}`;
    const before = kept.get(key);
    kept.set(key, before ? better(before, component) : component);
  }
  return kept.values();
}

function better(a: RawComponent, b: RawComponent): RawComponent {
  const weight = ({ scope, direct, via }: RawComponent): number =>
    (scope === 'runtime' ? 0 : scope === 'unknown' ? 1000 : 2000) + (direct ? 0 : 1 + (via?.length ?? 100));
  return weight(b) < weight(a) ? b : a;
}

function unreadable(path: string, reason: string): RawFinding {
  return {
    class: 'configuration',
    rule: 'lock-file-unreadable',
    title: 'The lock file cannot be read: its packages were not checked',
    description: reason,
    severity: 'medium',
    path,
    line: 1,
    resource: path,
  };
}

const mostTold = 20;

function unresolved(path: string, open: readonly OpenPackage[]): RawFinding {
  const told = open.slice(0, mostTold).map(({ name, reason }) => `${name.slice(0, 200)}: ${reason}`);
  const more = open.length > mostTold ? [`and ${open.length - mostTold} more`] : [];
  return {
    class: 'configuration',
    rule: 'dependency-unresolved',
    title: `${open.length} package${open.length === 1 ? '' : 's'} could not be checked: the version cannot be told from the files`,
    description: [...told, ...more].join('; '),
    severity: 'low',
    path,
    line: open[0]!.line ?? 1,
    resource: path,
  };
}
