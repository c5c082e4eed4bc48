import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox, Visible } from './sandbox/sandbox.ts';

/** `src/` or `dist/`, whichever this file runs from: a box runs the same code. */
const code = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));
/** The lib that reads lock files; a lib that own scanners use at run time has to be seen, or they do not start. */
const lockfiles = fileURLToPath(new URL('../../../../libs/lockfiles', import.meta.url));
const extension = extname(import.meta.url);

/** What a box must see for our own code to run in it: Node, the packages, and the code itself, each where it is. */
export const ownCode: readonly Visible[] = [process.execPath, modules, packageFile, code, lockfiles].map((path) => ({
  host: path,
  inside: path,
}));

/** The command that runs a file of ours (`box/box.worker`) in a box. */
export function ownCommand(sandbox: Sandbox, file: string): readonly string[] {
  const [node, , , folder] = ownCode.map((visible) => sandbox.inside(visible));
  // Few threads and a small heap: the box counts both.
  const source = extension === '.ts' ? ['--conditions=@throughline/source'] : [];
  return [node!, '--max-old-space-size=512', '--disable-warning=ExperimentalWarning', ...source, join(folder!, `${file}${extension}`)];
}
