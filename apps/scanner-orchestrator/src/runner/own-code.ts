import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox, Visible } from './sandbox/sandbox.ts';

/** `src/` or `dist/`, whichever this file runs from: a box runs the same code. */
const code = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));
/** Our own libs that the code in a box uses; `node_modules` only links to them, and unseen they do not start. */
const libs = ['findings', 'images', 'lockfiles', 'versions'].map((lib) =>
  fileURLToPath(new URL(`../../../../libs/${lib}`, import.meta.url)),
);
const extension = extname(import.meta.url);

/** What a box must see for our own code to run in it: Node, the packages, and the code itself, each where it is. */
export const ownCode: readonly Visible[] = [process.execPath, modules, packageFile, code, ...libs].map((path) => ({
  host: path,
  inside: path,
}));

/** The command that runs a file of ours (`box/box.worker`) in a box. */
export function ownCommand(sandbox: Sandbox, file: string): readonly string[] {
  const [node, , , folder] = ownCode.map((visible) => sandbox.inside(visible));
  // Few threads and a small heap: the box counts both.
  return [node!, '--max-old-space-size=512', '--disable-warning=ExperimentalWarning', join(folder!, `${file}${extension}`)];
}
