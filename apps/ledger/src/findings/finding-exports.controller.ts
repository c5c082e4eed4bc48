import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { FindingExportQuery, vexExportFormats, type VexExportFormat } from '@throughline/contracts';
import { findingFormats, vexMediaType } from '@throughline/findings';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { envelopeMediaType, VexExports } from '../vex/vex-exports.ts';
import { FindingExports } from './finding-exports.ts';

const ofFindings = Object.values(findingFormats).map(({ contentType }) => contentType.split(';', 1)[0]!);
const mediaTypes = [...new Set([...ofFindings, vexMediaType, envelopeMediaType])];

@Controller('api/v1/exports')
export class FindingExportsController {
  constructor(
    private readonly exports: FindingExports,
    private readonly vex: VexExports,
  ) {}

  @Get('findings')
  @Access('findings:read')
  @Answers(undefined, {
    description:
      'All findings that the filters find, as a file: CSV (RFC 4180), the answers of the list (NDJSON), SARIF 2.1.0, OCSF 1.8.0 (NDJSON), or OpenVEX 0.2.0 of the vulnerabilities, as it is or signed (DSSE)',
    produces: mediaTypes,
  })
  async findings(@Query() query: FindingExportQuery, @Caller() caller: Identity): Promise<StreamableFile> {
    const { format, ...filters } = query;
    if (isVex(format)) {
      const { name, contentType: type, body } = await this.vex.open(filters, format, caller);
      return new StreamableFile(body, { type, disposition: `attachment; filename="${name}"` });
    }
    const { name, contentType: type, body } = await this.exports.open(filters, format, caller);
    return new StreamableFile(body, { type, disposition: `attachment; filename="${name}"` });
  }
}

function isVex(format: FindingExportQuery['format']): format is VexExportFormat {
  return (vexExportFormats as readonly string[]).includes(format);
}
