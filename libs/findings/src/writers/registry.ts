import type { FindingExportFormat } from '@throughline/contracts';
import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import { ocsf } from './ocsf.ts';
import { sarif } from './sarif.ts';
import type { FindingFormat } from './writer.ts';

/** The forms in which findings leave the platform, by name. */
export const findingFormats: Readonly<Record<FindingExportFormat, FindingFormat>> = { csv, json: jsonLines, sarif, ocsf };
