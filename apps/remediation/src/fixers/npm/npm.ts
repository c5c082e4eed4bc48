import { FixRefused, type Fixer, type SourceFile } from '../fixer.ts';
import { raisePackageJson } from './package-json.ts';
import { raisePackageLock } from './package-lock.ts';

const locks = ['package-lock.json', 'npm-shrinkwrap.json'];

/** npm: package.json beside package-lock.json or npm-shrinkwrap.json. */
export const npm: Fixer = {
  name: 'npm',
  ecosystem: 'npm',
  isName: (name) => /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i.test(name) && name.length <= 214,
  isVersion: (version) => /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(version) && version.length <= 128,

  filesFor(path) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const file = path.slice(folder.length);
    if (file === 'package.json') return [{ path, kind: 'manifest' }];
    if (!locks.includes(file)) throw new FixRefused(`${file} is not edited yet: raise the package with its own package manager`);
    return [
      { path, kind: 'lock' },
      { path: `${folder}package.json`, kind: 'manifest' },
    ];
  },

  fix(change, files) {
    const raised = files.map((file) => ({ ...file, text: raise(file) }));
    const notes = files.some(({ kind }) => kind === 'lock')
      ? ['The checksum of the new archive, and what the new version itself depends on, are filled in when the fix is applied']
      : [];
    return { files: raised.filter((file, index) => file.text !== files[index]!.text), notes };

    function raise({ path, kind, text }: SourceFile): string {
      return kind === 'lock' ? raisePackageLock(path, text, change) : raisePackageJson(path, text, change);
    }
  },
};
