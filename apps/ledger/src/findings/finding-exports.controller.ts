import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { FindingExportQuery } from '@throughline/contracts';
import { findingFormats } from '@throughline/findings';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { FindingExports } from './finding-exports.ts';

const mediaTypes = [...new Set(Object.values(findingFormats).map(({ contentType }) => contentType.split(';', 1)[0]!))];

@Controller('api/v1/exports')
export class FindingExportsController {
  constructor(private readonly exports: FindingExports) {}

  @Get('findings')
  @Access('findings:read')
  @Answers(undefined, {
    description:
      'All findings that the filters find, as a file: CSV (RFC 4180), the answers of the list (NDJSON), SARIF 2.1.0, or OCSF 1.8.0 (NDJSON)',
    produces: mediaTypes,
  })
  async findings(@Query() query: FindingExportQuery, @Caller() caller: Identity): Promise<StreamableFile> {
    const { name, contentType: type, body } = await this.exports.open(query, caller);
    return new StreamableFile(body, { type, disposition: `attachment; filename="${name}"` });
  }
}
