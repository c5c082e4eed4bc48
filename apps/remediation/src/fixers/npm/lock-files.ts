import type { Lock, Override } from '../../locks/lock.ts';
import type { Knowledge } from '../../locks/release.ts';
import { publicRegistry } from '../../registries/public-registry.ts';
import type { SourceFile } from '../fixer.ts';
import { FixRefused } from '../version-change.ts';
import { registryOf } from './address.ts';
import { NodeModules } from './node-modules.ts';
import { setIn, type Settings } from './package-json.ts';
import { PnpmLock } from './pnpm-lock.ts';
import { withPnpmOverride } from './pnpm-settings.ts';
import type { NpmRelease } from './releases.ts';
import { YarnLock } from './yarn-lock.ts';

/** A lock file of one of the package managers for npm packages. */
export interface LockFile {
  readonly file: RegExp;
  /** Throws `FixRefused` for one that cannot be read. `manifest` is the package.json beside it. */
  open(path: string, text: string, manifest: string | undefined, knowledge: Knowledge<NpmRelease>): Lock<NpmRelease>;
  /** Whether nothing can be edited without the registry. */
  readonly needsRegistry?: boolean;
  /** Writes an override into the files beside the lock file; undefined when the package manager has none. */
  readonly override?: (settings: Settings, override: Override) => Settings;
}

/** By file name. */
export const lockFiles: readonly LockFile[] = [
  {
    file: /^(?:package-lock|npm-shrinkwrap)\.json$/,
    open: (path, text) => new NodeModules(path, text),
    override: ({ manifest, workspace }, { dependent, name, version }) => ({
      manifest: setIn(manifest, ['overrides', ...(dependent === undefined ? [] : [dependent]), name], version),
      workspace,
    }),
  },
  {
    file: /^pnpm-lock\.yaml$/,
    open: (path, text, _manifest, knowledge) => new PnpmLock(path, text, knowledge),
    needsRegistry: true,
    override: withPnpmOverride,
  },
  { file: /^yarn\.lock$/, open: (path, text, manifest) => new YarnLock(path, text, manifest) },
];

export function lockFileAt(path: string): LockFile {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const found = lockFiles.find((candidate) => candidate.file.test(file));
  if (!found) throw new FixRefused(`${file} is not edited yet: raise the package with its own package manager`);
  return found;
}

/** Addresses of npm's own registry under which it is also known. */
const sameAsPublic = /^https?:\/\/(?:registry\.npmjs\.org|registry\.yarnpkg\.com|registry\.npmjs\.com)(?:\/|$)/;

/** The registry that a lock file names for a package, the public one when it names none. */
export function registryFor({ text }: SourceFile, name: string): string {
  for (const [address] of text.matchAll(/https?:\/\/[^\s"'#]+\.tgz/g)) {
    const registry = registryOf(address, name);
    if (registry !== undefined) return sameAsPublic.test(`${registry}/`) ? publicRegistry : registry;
  }
  return publicRegistry;
}
