import type { Readable } from 'node:stream';
import { Controller, Post, Query } from '@nestjs/common';
import { ReportAccepted, SbomUploadQuery } from '@throughline/contracts';
import { Access, Answers, BodyStream, Caller, type Identity } from '@throughline/service';
import { SbomUploads } from './sbom-uploads.ts';

/** The door lets so much pass; the configuration may allow less when it is unpacked. */
const mostBytes = 512 * 1024 * 1024;

@Controller('api/v1/sboms')
export class SbomUploadsController {
  constructor(private readonly uploads: SbomUploads) {}

  @Post()
  @Access('reports:write', { bound: true })
  @Answers(ReportAccepted, {
    status: 202,
    description:
      'An SBOM (CycloneDX 1.2 to 1.7, SPDX 2.2 and 2.3), raw or gzip; `location` says what becomes of it, its id is that of the SBOM. Without a body, and with `image` alone, the layers of the image are read',
    consumes: ['application/json', 'application/xml', 'text/plain', 'application/gzip', 'application/octet-stream'],
    streams: mostBytes,
  })
  take(@BodyStream() body: Readable | undefined, @Query() query: SbomUploadQuery, @Caller() caller: Identity): Promise<ReportAccepted> {
    return this.uploads.take(query, body, caller);
  }
}
