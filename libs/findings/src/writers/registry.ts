import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import { ocsf } from './ocsf.ts';
import { sarif } from './sarif.ts';
import type { FindingFormat } from './writer.ts';

/** The forms in which findings leave the platform, by name. */
export const findingFormats: ReadonlyMap<string, FindingFormat> = new Map(
  [csv, jsonLines, ocsf, sarif].map((format) => [format.name, format] as const),
);
