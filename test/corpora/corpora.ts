import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, it } from '@jest/globals';

/** Files of other projects to test against; they are no part of this repository. */

const folder = resolve(process.env['THROUGHLINE_CORPORA'] ?? join(import.meta.dirname, '../../../shared/corpora'));

/** A group of tests over a folder of the corpora; says so and skips when it is not there. */
export function describeCorpus(name: string, tests: () => void): void {
  if (existsSync(join(folder, name))) describe(`corpus ${name}`, tests);
  else describe(`corpus ${name}`, () => it.skip(`is not at ${folder}: set THROUGHLINE_CORPORA`, () => undefined));
}

export function corpusText(path: string): string {
  const bytes = readFileSync(join(folder, path));
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
  return join(folder, path);
}
