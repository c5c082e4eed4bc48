import { inflateSync } from 'node:zlib';
import { Elf } from './elf.ts';
import { goModulesIn } from './go-build-info.ts';
import { fieldsIn, jsonIn, languagePackage, wordIn, type LanguageFile, type LanguagePackage } from './language-package.ts';

const MiB = 1024 * 1024;
/** A list of crates is a few kilobytes. */
const mostListed = 8 * MiB;
/** No program that was compiled is smaller. */
const smallest = 8 * 1024;

/** Programs say from which modules (Go) or crates (built with cargo-auditable) they were made. */
export const binaries: LanguageFile = {
  wants: (_path, { size, executable }) => executable && size >= smallest,
  packages(_path, content) {
    try {
      const elf = Elf.in(content);
      return elf ? [...goModulesIn(elf, content), ...cratesIn(elf)] : [];
    } catch (error) {
      // A number that leads out of the file: not a program that anybody could run.
      if ((error as Error).name === 'RangeError') return [];
      throw error;
    }
  },
};

function cratesIn(elf: Elf): readonly LanguagePackage[] {
  const section = elf.section('.dep-v0');
  if (!section) return [];
  const { packages } = fieldsIn(jsonIn(unpacked(section)));
  return (Array.isArray(packages) ? packages : []).flatMap((entry) => {
    const fields = fieldsIn(entry);
    const [name, version] = [wordIn(fields['name']), wordIn(fields['version'])];
    // What only built the program is not in it.
    if (name === undefined || version === undefined || fields['kind'] === 'build' || fields['root'] === true) return [];
    return [languagePackage('cargo', name, version)];
  });
}

function unpacked(section: Buffer): Buffer {
  try {
    return inflateSync(section, { maxOutputLength: mostListed });
  } catch {
    return Buffer.alloc(0);
  }
}
