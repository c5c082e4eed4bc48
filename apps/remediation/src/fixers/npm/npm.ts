import { Choice } from '../../locks/choice.ts';
import { notesOf } from '../../locks/notes.ts';
import { Raising, type RaisedWish } from '../../locks/raising.ts';
import { publicRegistry } from '../../registries/public-registry.ts';
import type { FetchedDocument, World } from '../../world/world.ts';
import type { Fix, Fixer, SourceFile } from '../fixer.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { lockFileAt, registryFor, type LockFile } from './lock-files.ts';
import { applyWishes, raisePackageJson, type Settings } from './package-json.ts';
import { npmKnowledge, npmRules } from './releases.ts';

/** npm, Yarn and pnpm: package.json and the lock file beside it. */
export const npm: Fixer = {
  name: 'npm',
  ecosystem: 'npm',
  isName: (name) => /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i.test(name) && name.length <= 214,
  isVersion: (version) => /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(version) && version.length <= 128,

  filesFor(path) {
    const folder = folderOf(path);
    if (path === `${folder}package.json`) return [{ path, kind: 'manifest' }];
    lockFileAt(path);
    return [
      { path, kind: 'lock' },
      { path: `${folder}package.json`, kind: 'manifest' },
    ];
  },

  fix(change, files, world) {
    const locks = files.filter(({ kind }) => kind === 'lock');
    const folders = new Set(locks.map(({ path }) => folderOf(path)));
    const alone = files.filter(({ path, kind }) => kind === 'manifest' && !folders.has(folderOf(path)));
    const parts = [...locks.map((lock) => fixLock(change, lock, files, world)), ...alone.map((file) => fixManifest(change, file, world))];
    const before = new Map(files.map((file) => [file.path, file.text]));
    const incomplete = parts.find((part) => part.incomplete !== undefined)?.incomplete;
    return {
      files: parts.flatMap((part) => part.files).filter((file) => file.text !== before.get(file.path)),
      notes: [...new Set(parts.flatMap(({ notes }) => notes))],
      to: parts[0]?.to ?? change.to,
      moved: parts.flatMap(({ moved }) => moved),
      overrides: parts.flatMap(({ overrides }) => overrides),
      ...(incomplete !== undefined && { incomplete }),
    };
  },
};

function fixLock(change: VersionChange, file: SourceFile, files: readonly SourceFile[], world: World): Fix {
  const format = lockFileAt(file.path);
  const folder = folderOf(file.path);
  const manifest = files.find(({ path }) => path === `${folder}package.json`);
  const knowledge = npmKnowledge(world, registryFor(file, change.name));
  const lock = format.open(file.path, file.text, manifest?.text, knowledge);
  const choice = new Choice(knowledge, npmRules, world);
  const found = choice.fixing(change.name, change.to)?.version;
  if (found === undefined && format.needsRegistry)
    throw new FixRefused(`${file.path} is edited with the registry only, and ${knowledge.away()}`);
  const aimed = found ?? change.to;
  const raising = new Raising(file.path, lock, choice, {
    overrides: format.override !== undefined && manifest !== undefined,
    hasManifest: (where) => (where === '' ? manifest !== undefined : 'text' in manifestOf(folder, where, world)),
  });
  const to = raising.raise({ ...change, to: aimed });
  const own = manifest ? overridden(manifest, manifestText(manifest, { ...change, to }, raising), raising, format, world) : [];
  const text = lock.text();
  const away = knowledge.away();
  const incomplete = away ?? lock.incomplete?.();
  return {
    files: [{ ...file, text }, ...own, ...workspaces(folder, raising.wishes, world)],
    notes: [...notesOf(raising), ...(away !== undefined ? [missing] : incomplete !== undefined ? [incomplete] : [])],
    to,
    moved: raising.moved,
    overrides: raising.overrides,
    ...(incomplete !== undefined && { incomplete }),
  };
}

const missing = 'The checksum of the new archive, and what the new version itself depends on, are missing: no registry could be asked';

function manifestText(file: SourceFile, change: VersionChange, raising: Pick<Raising<never>, 'wishes' | 'moved'>): string {
  let text = applyWishes(
    file.text,
    raising.wishes.filter(({ where }) => where === ''),
  );
  text = raisePackageJson(file.path, text, change);
  for (const { name, from, to } of raising.moved) {
    if (from.length > 0 && to.length === 1) text = raisePackageJson(file.path, text, { name, from, to: to[0]! });
  }
  return text;
}

/** The manifest, and the workspace's settings where overrides stand there. */
function overridden(
  manifest: SourceFile,
  text: string,
  { overrides }: Pick<Raising<never>, 'overrides'>,
  { override }: LockFile,
  world: World,
): readonly SourceFile[] {
  if (overrides.length === 0) return [{ ...manifest, text }];
  const path = `${folderOf(manifest.path)}pnpm-workspace.yaml`;
  const found = world.document({ kind: 'file', at: '', name: path });
  const workspace = 'text' in found ? found.text : undefined;
  let settings: Settings = { manifest: text, workspace };
  for (const one of overrides) settings = override!(settings, one);
  const changed = settings.workspace !== undefined && settings.workspace !== workspace;
  return [{ ...manifest, text: settings.manifest }, ...(changed ? [{ path, kind: 'manifest' as const, text: settings.workspace! }] : [])];
}

/** The repository's other packages that ask for what was raised. */
function workspaces(folder: string, wishes: readonly RaisedWish[], world: World): readonly SourceFile[] {
  return [...new Set(wishes.map(({ where }) => where))]
    .filter((where) => where !== '')
    .flatMap((where) => {
      const path = `${folder}${where}/package.json`;
      const found = manifestOf(folder, where, world);
      if (!('text' in found)) return [];
      const own = wishes.filter((wish) => wish.where === where);
      return [{ path, kind: 'manifest' as const, text: applyWishes(found.text, own) }];
    });
}

function manifestOf(folder: string, where: string, world: World): FetchedDocument {
  return world.document({ kind: 'file', at: '', name: `${folder}${where}/package.json` });
}

/** A manifest without a lock file. */
function fixManifest(change: VersionChange, file: SourceFile, world: World): Fix {
  const choice = new Choice(npmKnowledge(world, publicRegistry), npmRules, world);
  const to = choice.fixing(change.name, change.to)?.version ?? change.to;
  const text = raisePackageJson(file.path, file.text, { ...change, to });
  return { files: [{ ...file, text }], notes: [], to, moved: [], overrides: [] };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
