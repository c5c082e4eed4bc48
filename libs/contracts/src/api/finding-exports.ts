import { Maybe, OneOf } from '../fields.ts';
import { FindingQuery } from './ledger.ts';

/** The forms in which findings leave the platform. */
export const findingExportFormats = ['csv', 'json', 'sarif', 'ocsf'] as const;
export type FindingExportFormat = (typeof findingExportFormats)[number];

/** What is said of their vulnerabilities: OpenVEX 0.2.0, CycloneDX 1.6, CSAF 2.0. */
export const vexExportFormats = ['vex', 'vex-cyclonedx', 'vex-csaf'] as const;
export type VexExportFormat = (typeof vexExportFormats)[number];

/** The filters of the list of findings; all that they find is exported, so that there is no order, no page and no limit. */
export class FindingExportQuery extends FindingQuery {
  @OneOf([...findingExportFormats, ...vexExportFormats]) format: FindingExportFormat | VexExportFormat;
  /** In a signed envelope (DSSE); only VEX is. */
  @Maybe() @OneOf(['true', 'false']) signed?: 'true' | 'false';
}
