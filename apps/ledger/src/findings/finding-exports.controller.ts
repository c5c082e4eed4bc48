import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { FindingExportQuery, vexExportFormats, type VexExportFormat } from '@throughline/contracts';
import { findingFormats, vexFormats } from '@throughline/findings';
import { Access, Answers, Caller, Problem, type Identity } from '@throughline/service';
import { envelopeMediaType, VexExports } from '../vex/vex-exports.ts';
import { FindingExports, type OutgoingExport } from './finding-exports.ts';

const ofFindings = Object.values(findingFormats).map(({ contentType }) => contentType.split(';', 1)[0]!);
const ofVex = Object.values(vexFormats).map(({ mediaType }) => mediaType);
const mediaTypes = [...new Set([...ofFindings, ...ofVex, envelopeMediaType])];

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
      'All findings that the filters find, as a file: CSV (RFC 4180), the answers of the list (NDJSON), SARIF 2.1.0, OCSF 1.8.0 (NDJSON), or VEX of the vulnerabilities (OpenVEX 0.2.0, CycloneDX 1.6, CSAF 2.0), as it is or signed (DSSE)',
    produces: mediaTypes,
  })
  async findings(@Query() query: FindingExportQuery, @Caller() caller: Identity): Promise<StreamableFile> {
    const { name, contentType: type, body } = await this.opened(query, caller);
    const options = { type, disposition: `attachment; filename="${name}"` };
    return body instanceof Readable ? new StreamableFile(body, options) : new StreamableFile(body, options);
  }

  private opened({ format, signed: asked, ...filters }: FindingExportQuery, caller: Identity): Promise<OutgoingExport> {
    const signed = asked === 'true';
    if (isVex(format)) return this.vex.open(filters, { format, signed }, caller);
    if (signed) throw new Problem(400, 'invalid', 'only VEX is signed', [{ pointer: '/signed', detail: `is not for ${format}` }]);
    return this.exports.open(filters, format, caller);
  }
}

function isVex(format: FindingExportQuery['format']): format is VexExportFormat {
  return (vexExportFormats as readonly string[]).includes(format);
}
