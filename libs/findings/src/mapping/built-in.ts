import { readFileSync } from 'node:fs';
import type { ReportReader } from '../readers/reader.ts';
import { readMapping } from './read-mapping.ts';

/** The sources stand beside what is built of them, also where only that runs. */
const folder = new URL('../../src/readers/', import.meta.url);

/** The reader that the mapping in the folder of this name declares. */
export function mapped(name: string): ReportReader {
  return readMapping(readFileSync(new URL(`${name}/${name}.yaml`, folder), 'utf8'));
}
