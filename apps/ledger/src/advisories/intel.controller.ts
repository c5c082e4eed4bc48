import { Controller, Post, RawBody } from '@nestjs/common';
import { IntelImportAnswer } from '@throughline/contracts';
import { Access, Answers, Problem } from '@throughline/service';
import { IntelImport } from './intel-import.ts';

@Controller('api/v1/intel')
export class IntelController {
  constructor(private readonly intel: IntelImport) {}

  @Post('kev')
  @Access('advisories:write')
  @Answers(IntelImportAnswer, {
    status: 202,
    description: "CISA's catalogue of known exploited vulnerabilities, JSON, plain or gzip",
    consumes: ['application/json', 'application/gzip'],
  })
  kev(@RawBody() body: Buffer | undefined): Promise<IntelImportAnswer> {
    return this.intel.kev(required(body));
  }

  @Post('epss')
  @Access('advisories:write')
  @Answers(IntelImportAnswer, {
    status: 202,
    description: "FIRST's EPSS scores, CSV, plain or gzip",
    consumes: ['text/csv', 'application/gzip'],
  })
  epss(@RawBody() body: Buffer | undefined): Promise<IntelImportAnswer> {
    return this.intel.epss(required(body));
  }
}

function required(body: Buffer | undefined): Buffer {
  if (!body || body.length === 0) throw new Problem(400, 'invalid', "send the publisher's file as the body");
  return body;
}
