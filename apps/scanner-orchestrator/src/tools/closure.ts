import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const mostFiles = 50_000;

/** One file of a tool: `sha256 x path`, where x says whether it may be executed. */
export type ClosureLine = string;

/** Every file below a folder with its digest, sorted: equal lists mean equal tools. */
export async function closureOf(folder: string): Promise<readonly ClosureLine[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  if (entries.length > mostFiles) throw new Error(`${folder} holds more than ${mostFiles} files: this is no tool of ours`);
  const lines: ClosureLine[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    lines.push(await closureLine(folder, relative(folder, join(entry.parentPath, entry.name))));
  }
  return lines.sort();
}

/** The line of one file as it is now. */
export async function closureLine(folder: string, path: string): Promise<ClosureLine> {
  const file = join(folder, path);
  const stat = await lstat(file);
  const digest = stat.isSymbolicLink() ? hash(await readlink(file)) : await hashFile(file);
  return `${digest} ${(stat.mode & 0o111) === 0 ? '-' : 'x'} ${path.split(sep).join('/')}`;
}

export function closureDigest(lines: readonly ClosureLine[]): string {
  return `sha256:${hash(lines.join('\n'))}`;
}

/** Reads a list written at install; throws when it is not the one that was recorded. */
export async function readClosure(list: string, recorded: string): Promise<readonly ClosureLine[]> {
  const lines = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '');
  if (closureDigest(lines) !== recorded) throw new Error(`${list} is not the list that was written at install`);
  return lines;
}

/** What of a folder is not as it was recorded; undefined when all of it is. */
export async function differenceFrom(recorded: readonly ClosureLine[], folder: string): Promise<string | undefined> {
  const now = new Set(await closureOf(folder));
  const different = recorded.find((line) => !now.has(line));
  if (different !== undefined) return `${pathIn(different)} is not as it was installed`;
  return now.size === recorded.length ? undefined : 'files were added';
}

export function pathIn(line: ClosureLine): string {
  return line.slice(line.indexOf(' ') + 3);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function hashFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
