import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemeOf, type Origin } from './profile.ts';

/**
 * Writes the settings by which git reads a repository of another user on this machine, for the origin alone. Answers the path
 * of the file, undefined when the origin lies elsewhere.
 */
export async function trustFor({ url }: Origin, file: string): Promise<string | undefined> {
  if (schemeOf(url) !== 'file') return undefined;
  const folder = fileURLToPath(url);
  const trusted = [folder, join(folder, '.git')].map((path) => `\tdirectory = ${JSON.stringify(path)}\n`);
  await writeFile(file, `[safe]\n${trusted.join('')}`, { mode: 0o600 });
  return file;
}
