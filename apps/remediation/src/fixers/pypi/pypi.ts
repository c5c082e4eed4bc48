import { valid } from '@renovatebot/pep440';
import { Choice } from '../../locks/choice.ts';
import { notesOf } from '../../locks/notes.ts';
import { Raising } from '../../locks/raising.ts';
import { publicIndex } from '../../registries/public-registry.ts';
import type { World } from '../../world/world.ts';
import type { Fix, Fixer, SourceFile } from '../fixer.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import type { OpenLock, PythonLockFile } from './lock-file.ts';
import { findLockFile, refusedFile } from './lock-files.ts';
import { Machines } from './machines.ts';
import { normalName } from './names.ts';
import { manifestText, type ManifestNeed } from './pyproject.ts';
import { pypiKnowledge, pypiRules } from './releases.ts';
import { raiseRequirements } from './requirements.ts';
import { raiseTomlManifest } from './toml-manifest.ts';
import { withUnixLines } from './toml-blocks.ts';

/** PyPI: requirements files, the lock files of Poetry, Pipenv, PDM and uv, and the manifests beside them. */
export const pypi: Fixer = {
  name: 'pypi',
  ecosystem: 'PyPI',
  isName: (name) => /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/.test(name) && name.length <= 214,
  isVersion: (version) => /^[0-9A-Za-z.+!-]{1,128}$/.test(version) && valid(version) !== null,

  filesFor(path) {
    const [folder, file] = [folderOf(path), fileOf(path)];
    const lock = findLockFile(file);
    if (lock)
      return [
        { path, kind: 'lock' },
        { path: `${folder}${lock.manifest(file)}`, kind: 'manifest' },
      ];
    if (!isManifest(file)) throw refusedFile(file);
    return [{ path, kind: 'manifest' }];
  },

  fix(change, files, world) {
    const named = { ...change, name: normalName(change.name) };
    const locks = files.filter(({ path }) => findLockFile(fileOf(path)) !== undefined);
    const beside = new Set(locks.map(({ path }) => manifestOf(path)));
    const alone = files.filter((file) => !locks.includes(file) && !beside.has(file.path));
    const parts = [...locks.map((lock) => fixLock(named, lock, files, world)), ...alone.map((file) => fixManifest(named, file, world))];
    const before = new Map(files.map((file) => [file.path, file.text]));
    const changed = new Map(
      parts
        .flatMap((part) => part.files)
        .filter((file) => file.text !== before.get(file.path))
        .map((file) => [file.path, file]),
    );
    const incomplete = parts.find((part) => part.incomplete !== undefined)?.incomplete;
    return {
      files: [...changed.values()],
      notes: [...new Set(parts.flatMap(({ notes }) => notes))],
      to: parts[0]?.to ?? change.to,
      moved: parts.flatMap(({ moved }) => moved),
      overrides: [],
      ...(incomplete !== undefined && { incomplete }),
    };
  },
};

function fixLock(change: VersionChange, file: SourceFile, files: readonly SourceFile[], world: World): Fix {
  const format = findLockFile(fileOf(file.path))!;
  const manifest = files.find(({ path }) => path === manifestOf(file.path));
  const unix = file.text.replaceAll('\r\n', '\n');
  const folder = folderOf(file.path);
  const fileIn = (path: string): string | undefined => {
    const found = world.document({ kind: 'file', at: '', name: `${folder}${path}` });
    return 'text' in found ? found.text : undefined;
  };
  const read = format.read(file.path, unix, manifest?.text, fileIn);
  const opened: { lock?: OpenLock } = {};
  const knowledge = pypiKnowledge(
    world,
    indexOf(read.index),
    (name) => read.machines.supporting(opened.lock?.neededAt(name)),
    read.notAfter,
  );
  const choice = new Choice(knowledge, pypiRules, world);
  const aimed = choice.fixing(change.name, change.to)?.version;
  if (aimed === undefined && read.alone === undefined)
    throw new FixRefused(`${file.path} is edited with the package index only, and ${knowledge.away()}`);
  const lock = (opened.lock = read.open(knowledge));
  if (isOnlyAsked(format, lock, change)) return fixManifest(change, file, world);
  const raising = new Raising(file.path, lock, choice, {
    overrides: false,
    hasManifest: (where) => (where === '' ? manifest !== undefined : fileIn(`${where}/${format.manifest('')}`) !== undefined),
  });
  const to = raising.raise({ ...change, to: aimed ?? change.to });
  const away = knowledge.away();
  const manifests = changedManifests(file, manifest, read.own, fileIn);
  const own = manifests.find(({ path }) => path === manifest?.path);
  const isRepeated = manifest !== undefined && own !== undefined && away === undefined && read.repeat !== undefined;
  const text = isRepeated ? read.repeat!(lock.text(), manifest.text, own.text) : lock.text();
  return {
    files: [{ ...file, text: withUnixLines(file.text, () => text) }, ...manifests],
    notes: [...notesOf(raising), ...(away === undefined ? [] : [read.alone!.note])],
    to,
    moved: raising.moved,
    overrides: [],
    ...(away !== undefined && { incomplete: away }),
  };
}

/** The manifests that ask for something else now: the one beside the lock file, and those of the repository's other packages. */
function changedManifests(
  file: SourceFile,
  manifest: SourceFile | undefined,
  own: readonly ManifestNeed[],
  fileIn: (path: string) => string | undefined,
): readonly SourceFile[] {
  const changed = Map.groupBy(
    own.filter(({ need, range }) => need.range !== range),
    ({ where }) => where,
  );
  return [...changed].map(([where, needs]) => {
    const name = fileOf(manifestOf(file.path));
    const path = where === '' ? manifestOf(file.path) : `${folderOf(file.path)}${where}/${name}`;
    const text = where === '' ? manifest?.text : fileIn(`${where}/${name}`);
    return { path, kind: 'manifest', text: manifestText(path, text ?? '', needs) };
  });
}

/** A requirements file need not pin what it asks for. */
function isOnlyAsked(format: PythonLockFile, lock: OpenLock, { name, from }: VersionChange): boolean {
  return format.file.test('requirements.txt') && !lock.copies().some((copy) => copy.name === name && from.includes(copy.version));
}

/** What a manifest asks for where no lock file pins it. */
function fixManifest(change: VersionChange, file: SourceFile, world: World): Fix {
  const machines = new Machines('', false);
  const choice = new Choice(
    pypiKnowledge(world, publicIndex, () => machines.supporting()),
    pypiRules,
    world,
  );
  const to = choice.fixing(change.name, change.to)?.version ?? change.to;
  const raise = /\.toml$|^Pipfile$/.test(fileOf(file.path)) ? raiseTomlManifest : raiseRequirements;
  return { files: [{ ...file, text: raise(file.path, file.text, { ...change, to }) }], notes: [], to, moved: [], overrides: [] };
}

/** Addresses under which the public index is known. */
function indexOf(address: string | undefined): string {
  const plain = address?.replace(/\/+$/, '');
  return plain === undefined || /^https?:\/\/(?:www\.)?(?:pypi\.org|pypi\.python\.org)\/simple$/.test(plain) ? publicIndex : plain;
}

function isManifest(file: string): boolean {
  return /^(?:pyproject\.toml|Pipfile)$|requirements?[\w.-]*\.in$|^[\w.-]+\.in$/i.test(file);
}

function manifestOf(path: string): string {
  return `${folderOf(path)}${findLockFile(fileOf(path))!.manifest(fileOf(path))}`;
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
