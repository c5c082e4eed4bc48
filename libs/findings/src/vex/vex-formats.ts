import type { VexExportFormat } from '@throughline/contracts';
import type { VexFormat } from './vex-saying.ts';
import { csafVex } from './write-csaf.ts';
import { cyclonedxVex } from './write-cyclonedx.ts';
import { openVex } from './write-openvex.ts';

/** Every form in which VEX leaves the platform, by the name that it is asked for. */
export const vexFormats: Readonly<Record<VexExportFormat, VexFormat>> = {
  vex: openVex,
  'vex-cyclonedx': cyclonedxVex,
  'vex-csaf': csafVex,
};
