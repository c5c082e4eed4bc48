import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { launcherFile, ownSurroundings } from '../config.ts';
import { Refused } from '../exit.ts';
import { say } from '../terminal.ts';

export interface HookFlags {
  readonly strict?: boolean;
}

const run = promisify(execFile);
const mark = '# throughline: scans what is staged; `throughline hook remove` takes this file away';

/** Writes git's pre-commit hook for a work tree. Throws `Refused` outside one, and where another hook is there already. */
export async function installHook(path: string, { strict = false }: HookFlags): Promise<void> {
  const file = await hookFile(path);
  const there = await readFile(file, 'utf8').catch(() => '');
  const script = scriptOf(strict);
  if (there !== '' && !there.includes(mark)) {
    throw new Refused('usage', `${file} is there and not ours. Add to it: ${commandOf()}`);
  }
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, script);
  await chmod(file, 0o755);
  say(`each commit is scanned first (${file}); git commit --no-verify goes without`);
}

/** Takes it away again; a hook of somebody else is left. */
export async function removeHook(path: string): Promise<void> {
  const file = await hookFile(path);
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there === undefined) return say('there is no such hook');
  if (!there.includes(mark)) throw new Refused('usage', `${file} is not ours: it stays`);
  await rm(file);
  say(`removed ${file}`);
}

/** Where git looks for it, by the user's own configuration: `core.hooksPath` may be set for all repositories. */
async function hookFile(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    const { stdout } = await run('git', ['rev-parse', '--git-path', 'hooks/pre-commit'], { cwd: folder, timeout: 10_000 });
    return resolve(folder, stdout.trim());
  } catch (error) {
    throw new Refused('usage', `${folder} is no work tree of git: ${(error as { stderr?: string }).stderr?.trim() ?? String(error)}`);
  }
}

function commandOf(): string {
  const surroundings = Object.entries(ownSurroundings()).map(([name, value]) => `${name}=${quoted(value)} `);
  return `${surroundings.join('')}${quoted(process.execPath)} ${quoted(launcherFile())} scan --staged .`;
}

/** A scan that says no stops the commit; what could not be asked or judged stops it only where that was wanted. */
function scriptOf(strict: boolean): string {
  return `#!/bin/sh
${mark}
${commandOf()}
code=$?
[ $code -eq 0 ] && exit 0
if [ $code -eq 1 ]; then
  echo 'throughline: the commit is stopped; git commit --no-verify goes without' >&2
  exit 1
fi
echo 'throughline: what is staged could not be judged${strict ? '; the commit is stopped' : ', the commit goes on'}' >&2
exit ${strict ? 1 : 0}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
