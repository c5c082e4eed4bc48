import { OneOf } from '../fields.ts';
import { FindingQuery } from './ledger.ts';

/** The forms in which findings leave the platform. */
export const findingExportFormats = ['csv', 'json', 'sarif', 'ocsf'] as const;
export type FindingExportFormat = (typeof findingExportFormats)[number];

/** The filters of the list of findings; all that they find is exported, so that there is no order, no page and no limit. */
export class FindingExportQuery extends FindingQuery {
  @OneOf(findingExportFormats) format: FindingExportFormat;
}
