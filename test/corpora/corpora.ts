import { describe, it } from '@jest/globals';
import { corpora, hasCorpus } from './corpus-files.ts';

export * from './corpus-files.ts';

/** A group of tests over a folder of the corpora; says so and skips when it is not there. */
export function describeCorpus(name: string, tests: () => void): void {
  if (hasCorpus(name)) describe(`corpus ${name}`, tests);
  else describe(`corpus ${name}`, () => it.skip(`is not at ${corpora}: set THROUGHLINE_CORPORA`, () => undefined));
}
