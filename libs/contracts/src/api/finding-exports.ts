import { OneOf } from '../fields.ts';
import { FindingQuery } from './ledger.ts';

/** The forms in which findings leave the platform. */
export const findingExportFormats = ['csv', 'json', 'sarif', 'ocsf'] as const;
export type FindingExportFormat = (typeof findingExportFormats)[number];

/** What is said of their vulnerabilities: OpenVEX 0.2.0, as it is or in a signed envelope (DSSE). */
export const vexExportFormats = ['vex', 'vex-signed'] as const;
export type VexExportFormat = (typeof vexExportFormats)[number];

/** The filters of the list of findings; all that they find is exported, so that there is no order, no page and no limit. */
export class FindingExportQuery extends FindingQuery {
  @OneOf([...findingExportFormats, ...vexExportFormats]) format: FindingExportFormat | VexExportFormat;
}
