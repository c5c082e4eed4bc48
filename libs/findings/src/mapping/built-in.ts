import { readFileSync } from 'node:fs';
import type { ReportReader } from '../readers/reader.ts';
import { readMapping } from './read-mapping.ts';

/** Beside what is built, since a service that runs as another user is given no sources. */
const folder = new URL('../../mappings/', import.meta.url);

/** The reader that the mapping of this name declares. */
export function mapped(name: string): ReportReader {
  return readMapping(readFileSync(new URL(`${name}.yaml`, folder), 'utf8'));
}
