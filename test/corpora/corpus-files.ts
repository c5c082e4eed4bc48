import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Files of other projects to test against; they are no part of this repository. */
export const corpora = resolve(process.env['THROUGHLINE_CORPORA'] ?? join(import.meta.dirname, '../../../shared/corpora'));

/** Whether a folder of the corpora is on this machine. */
export function hasCorpus(name: string): boolean {
  return existsSync(join(corpora, name));
}

export function corpusText(path: string): string {
  const bytes = readFileSync(join(corpora, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export function corpusJson<T>(path: string): T {
  return JSON.parse(corpusText(path)) as T;
}

/** The values of an NDJSON file. */
export function corpusLines<T>(path: string): T[] {
  return corpusText(path)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Path of a folder or file of the corpora. */
export function corpusFolder(path: string): string {
  return join(corpora, path);
}
