import { posix } from 'node:path';
import { componentsOf, formatOf, LockFileRefused, type LockFormat } from '@throughline/lockfiles';
import type { OwnScanner, RawComponent, RawLine, Tree } from '../scanner.ts';
import { knownLockFiles, manifestFiles, missingLocks } from './missing-locks.ts';

const largestLockFile = 32 * 1024 * 1024;
const mostComponents = 100_000;

/** What a tree locks, from its lock files alone: nothing is installed or asked for. */
export const dependencies: OwnScanner = {
  kind: 'own',
  name: 'dependencies',
  finds: ['vulnerability'],
  ruleset: 'lock-files-1',
  adapter: 1,
  reads: (path) => !path.split('/').includes('node_modules') && isOfInterest(posix.basename(path)),
  nothing: 'the tree has no manifest or lock file of npm or Python',
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

function isOfInterest(file: string): boolean {
  return manifestFiles.has(file) || knownLockFiles.has(file) || formatOf(file) !== undefined;
}

async function* inventory(tree: Tree): AsyncIterable<RawLine> {
  let count = 0;
  for (const path of tree.files) {
    const format = formatOf(posix.basename(path));
    if (!format && !knownLockFiles.has(posix.basename(path))) continue;
    const found = format ? await read(tree, path, format) : 'no reader knows its format';
    if (typeof found === 'string') {
      yield { finding: unreadable(path, found) };
      continue;
    }
    count += found.length;
    if (count > mostComponents) throw new Error(`the lock files hold more than ${mostComponents} packages`);
    for (const component of distinct(found)) yield { component };
  }
  for await (const finding of missingLocks(tree)) yield { finding };
}

async function read(tree: Tree, path: string, format: LockFormat): Promise<readonly RawComponent[] | string> {
  const text = await tree.text(path, largestLockFile);
  if (text === undefined) return `it is binary or larger than ${largestLockFile / 1024 / 1024} MiB`;
  const beside = async (name: string): Promise<string | undefined> => {
    const sibling = posix.join(posix.dirname(path), name);
    return tree.files.includes(sibling) ? tree.text(sibling, largestLockFile) : undefined;
  };
  try {
    return componentsOf(await format.read(text, beside), format.ecosystem, path);
  } catch (error) {
    if (error instanceof LockFileRefused) return error.message;
    throw error;
  }
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

function unreadable(path: string, reason: string): Extract<RawLine, { finding: unknown }>['finding'] {
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
