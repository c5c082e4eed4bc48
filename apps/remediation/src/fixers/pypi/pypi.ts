import { valid } from '@renovatebot/pep440';
import type { Fixer, SourceFile, WantedFile } from '../fixer.ts';
import { FixRefused, type VersionChange } from '../version-change.ts';
import { raisePipfileLock } from './pipfile-lock.ts';
import { raisePoetryLock } from './poetry-lock.ts';
import { raiseRequirements } from './requirements.ts';
import { raiseTomlManifest } from './toml-manifest.ts';

type Raise = (path: string, text: string, change: VersionChange) => string;

/** Which file is edited how; a lock file brings the manifest beside it. */
const kinds: readonly {
  readonly file: RegExp;
  readonly kind: WantedFile['kind'];
  readonly manifest?: string;
  readonly raise: Raise;
  readonly note?: string;
}[] = [
  {
    file: /^poetry\.lock$/,
    kind: 'lock',
    manifest: 'pyproject.toml',
    raise: raisePoetryLock,
    note: 'Archives and hashes in poetry.lock, and its content hash where pyproject.toml changes, are filled in when the fix is applied',
  },
  {
    file: /^Pipfile\.lock$/,
    kind: 'lock',
    manifest: 'Pipfile',
    raise: raisePipfileLock,
    note: 'Hashes in Pipfile.lock, and the hash of the Pipfile where it changes, are filled in when the fix is applied',
  },
  { file: /^(?:pyproject\.toml|Pipfile)$/, kind: 'manifest', raise: raiseTomlManifest },
  { file: /^[\w.-]*requirements?[\w.-]*\.(?:txt|in)$|^[\w.-]+\.txt$/i, kind: 'manifest', raise: raiseRequirements },
];

/** PyPI: requirements files, poetry.lock and Pipfile.lock with the manifests beside them. */
export const pypi: Fixer = {
  name: 'pypi',
  ecosystem: 'PyPI',
  isName: (name) => /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/.test(name) && name.length <= 214,
  isVersion: (version) => /^[0-9A-Za-z.+!-]{1,128}$/.test(version) && valid(version) !== null,

  filesFor(path) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const { kind, manifest } = kindOf(path);
    return [{ path, kind }, ...(manifest === undefined ? [] : [{ path: `${folder}${manifest}`, kind: 'manifest' as const }])];
  },

  fix(change, files) {
    const raised = files.map((file): SourceFile => ({ ...file, text: kindOf(file.path).raise(file.path, file.text, change) }));
    const changed = raised.filter((file, index) => file.text !== files[index]!.text);
    const notes = changed.flatMap((file) => kindOf(file.path).note ?? []);
    const hashes = files.some((file) => kindOf(file.path).raise === raiseRequirements && file.text.includes('--hash'));
    const hashNote = 'Hashes of the new archives are filled in when the fix is applied';
    const all = [...notes, ...(hashes ? [hashNote] : [])];
    const incomplete = all.length > 0 ? { incomplete: 'no registry could be asked' } : {};
    return { files: changed, notes: all, to: change.to, moved: [], overrides: [], ...incomplete };
  },
};

function kindOf(path: string): (typeof kinds)[number] {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const kind = kinds.find((candidate) => candidate.file.test(file));
  if (!kind) throw new FixRefused(`${file} is not edited yet: raise the package with its own tool`);
  return kind;
}
