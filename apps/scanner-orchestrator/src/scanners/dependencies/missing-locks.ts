import { posix } from 'node:path';
import {
  isRequirementsFile,
  objectOf,
  readToml,
  requirementsOf,
  wantedByComposer,
  wantedByPyproject,
  wantedByText,
} from '@throughline/lockfiles';
import type { RawFinding, Tree } from '../scanner.ts';

const largestManifest = 2 * 1024 * 1024;

/** A manifest, what locks it, and whether it asks for anything at all. */
interface Manifest {
  /** Its name, or the end of it behind a `*`. */
  readonly file: string;
  readonly locks: readonly string[];
  readonly severity: 'medium' | 'low';
  readonly asks: (text: string) => Promise<boolean>;
}

const manifests: readonly Manifest[] = [
  {
    file: 'package.json',
    locks: ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'],
    severity: 'medium',
    asks: async (text) => {
      const wanted = wantedByText(text);
      return wanted !== undefined && wanted.runtime.size + wanted.development.size > 0;
    },
  },
  {
    file: 'pyproject.toml',
    locks: ['poetry.lock', 'uv.lock', 'pdm.lock', 'pylock.toml', 'requirements.txt'],
    severity: 'low',
    asks: async (text) => ((await wantedByPyproject(text))?.runtime.length ?? 0) > 0,
  },
  { file: 'Pipfile', locks: ['Pipfile.lock'], severity: 'medium', asks: asksPipfile },
  {
    file: 'composer.json',
    locks: ['composer.lock'],
    severity: 'medium',
    asks: async (text) => {
      const wanted = wantedByComposer(text);
      // The platform itself is no package: php, ext-json.
      return wanted !== undefined && [...wanted.runtime, ...wanted.development].some((name) => name.includes('/'));
    },
  },
  { file: 'Gemfile', locks: ['Gemfile.lock'], severity: 'medium', asks: matches(/^\s*gem[\s(]/m) },
  { file: 'gems.rb', locks: ['gems.locked'], severity: 'medium', asks: matches(/^\s*gem[\s(]/m) },
  // Of a library the lock is often left out, and .NET and Gradle write none unless they are told to.
  { file: 'Cargo.toml', locks: ['Cargo.lock'], severity: 'low', asks: matches(/^\[(?:target\..*\.)?(?:build-)?dependencies/m) },
  ...['*.csproj', '*.fsproj', '*.vbproj'].map((file) => ({
    ...{ file, locks: ['packages.lock.json'], severity: 'low' as const, asks: matches(/<PackageReference\s/) },
  })),
  ...['build.gradle', 'build.gradle.kts'].map((file) => ({
    ...{ file, locks: ['gradle.lockfile', 'gradle/verification-metadata.xml'], severity: 'low' as const },
    asks: matches(/^\s*(?:api|implementation|compile|compileOnly|runtimeOnly)\b[\s(]/m),
  })),
];

/** Whether a file is a manifest that is looked at, by its name. */
export function isManifest(name: string): boolean {
  return manifestOf(name) !== undefined;
}

function manifestOf(name: string): Manifest | undefined {
  return manifests.find(({ file }) => (file.startsWith('*') ? name.endsWith(file.slice(1)) : file === name));
}

function matches(pattern: RegExp): (text: string) => Promise<boolean> {
  return async (text) => pattern.test(text);
}

/** Files that lock dependencies, also those that are not read here. */
export const knownLockFiles: ReadonlySet<string> = new Set(manifests.flatMap(({ locks }) => locks));

/** What nobody locked: what is installed tomorrow may be something else than what was looked at today. */
export async function* missingLocks(tree: Tree): AsyncIterable<RawFinding> {
  const files = new Set(tree.files);
  for (const path of tree.files) {
    const name = posix.basename(path);
    const manifest = manifestOf(name);
    if (!manifest && !isRequirementsFile(name)) continue;
    const text = await tree.text(path, largestManifest);
    if (text === undefined) continue;
    if (!manifest) yield* openRequirements(path, text);
    else if (!isLocked(path, manifest, files) && (await manifest.asks(text))) yield missing(path, name, manifest);
  }
}

/** A lock file of a folder above counts: workspaces have one for all. */
function isLocked(path: string, manifest: Manifest, files: ReadonlySet<string>): boolean {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (manifest.locks.some((lock) => files.has(posix.join(folder, lock)))) return true;
    if (folder === '.' || folder === '/') return false;
  }
}

function missing(path: string, file: string, { locks, severity }: Manifest): RawFinding {
  return {
    class: 'configuration',
    rule: 'lock-file-missing',
    title: `${file} has no lock file`,
    description: `Nothing fixes the versions that are installed. Commit one of ${locks.slice(0, 4).join(', ')}.`,
    severity,
    cwe: [1357],
    path,
    line: 1,
    resource: path,
  };
}

function* openRequirements(path: string, text: string): Iterable<RawFinding> {
  const requirements = requirementsOf(text);
  const open = requirements.filter(({ version }) => version === undefined);
  if (open.length === 0 || path.endsWith('.in')) return;
  yield {
    class: 'configuration',
    rule: 'lock-file-missing',
    title: 'Requirements leave versions open',
    description: `${open.length} of ${requirements.length} requirements have no exact version, so what is installed may change. Pin them, best with digests.`,
    severity: 'low',
    cwe: [1357],
    path,
    line: open[0]!.line,
    resource: path,
  };
}

async function asksPipfile(text: string): Promise<boolean> {
  try {
    return Object.keys(objectOf((await readToml(text))['packages'])).length > 0;
  } catch {
    return false;
  }
}
