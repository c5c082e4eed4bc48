import { posix } from 'node:path';
import { componentsOf, formatOf, LockFileRefused } from '@throughline/lockfiles';
import { canonicalName } from '@throughline/versions';
import type { SourceFile } from '../fixers/fixer.ts';
import { FixRefused, type VersionChange } from '../fixers/version-change.ts';

/** An affected version that a file still holds. */
export interface Remaining {
  readonly path: string;
  readonly version: string;
}

/** Reads the edited lock files as a scan reads them, and answers what is left of the affected versions. */
export async function remainingIn(change: VersionChange, files: readonly SourceFile[]): Promise<readonly Remaining[]> {
  const left: Remaining[] = [];
  for (const { path, text } of files) {
    const format = formatOf(path);
    if (!format) continue;
    const beside = (name: string): Promise<string | undefined> =>
      Promise.resolve(files.find((file) => file.path === posix.join(posix.dirname(path), name))?.text);
    try {
      const components = componentsOf(await format.read(text, beside), format.ecosystem, path);
      const affected = components.filter(
        ({ name, version }) =>
          canonicalName(format.ecosystem, name) === canonicalName(format.ecosystem, change.name) && change.from.includes(version),
      );
      left.push(...affected.map(({ version }) => ({ path, version })));
    } catch (error) {
      if (error instanceof LockFileRefused) throw new FixRefused(`the edited ${path} cannot be read any more: ${error.message}`);
      throw error;
    }
  }
  return left;
}
