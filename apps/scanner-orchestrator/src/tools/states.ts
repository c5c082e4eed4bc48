import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolStates } from './tool.ts';

/** What is installed in a tools folder; empty when nothing ever was. */
export async function readStates(dir: string): Promise<ToolStates> {
  return ((await readJson(join(dir, 'installed.json'))) ?? {}) as ToolStates;
}

export async function writeStates(dir: string, states: ToolStates): Promise<void> {
  const temporary = join(dir, `installed.json.${process.pid}`);
  await writeFile(temporary, `${JSON.stringify(states, null, 2)}\n`);
  await rename(temporary, join(dir, 'installed.json'));
}

/** Says, for as long as `work` runs, that tools are being installed here. */
export async function whileInstalling<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const marker = join(dir, 'installing.json');
  await writeFile(marker, JSON.stringify({ pid: process.pid }));
  try {
    return await work();
  } finally {
    await rm(marker, { force: true });
  }
}

/** Whether a living process is installing into the folder; the marker of a dead one counts for nothing. */
export async function isInstalling(dir: string): Promise<boolean> {
  const marker = (await readJson(join(dir, 'installing.json'))) as { pid?: unknown } | undefined;
  if (typeof marker?.pid !== 'number') return false;
  try {
    process.kill(marker.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
