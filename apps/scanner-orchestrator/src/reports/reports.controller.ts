import type { Readable } from 'node:stream';
import { Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { Report, ReportAccepted, ReportQuery, UploadQuery, type Page } from '@throughline/contracts';
import { Access, Answers, BodyStream, Caller, Problem, type Identity } from '@throughline/service';
import { Confirmation } from './confirmation.ts';
import { ReportList } from './report-list.ts';
import { Uploads } from './uploads.ts';

/** The door lets so much pass; the configuration may allow less when it is unpacked. */
const mostBytes = 512 * 1024 * 1024;

@Controller('api/v1/reports')
export class ReportsController {
  constructor(
    private readonly uploads: Uploads,
    private readonly reports: ReportList,
    private readonly confirmation: Confirmation,
  ) {}

  @Post()
  @Access('reports:write', { bound: true })
  @Answers(ReportAccepted, {
    status: 202,
    description: 'A report of a tool, raw or gzip; gates wait for what it says from this answer on',
    consumes: [
      ...['application/json', 'application/sarif+json', 'application/x-ndjson', 'application/xml', 'text/csv', 'text/plain'],
      ...['application/gzip', 'application/octet-stream'],
    ],
    streams: mostBytes,
  })
  take(@BodyStream() body: Readable | undefined, @Query() query: UploadQuery, @Caller() caller: Identity): Promise<ReportAccepted> {
    return this.uploads.take(query, body, caller);
  }

  @Get()
  @Access('reports:read')
  @Answers(Report, { list: true, description: 'Uploaded reports and what became of them, the latest first' })
  list(@Query() query: ReportQuery, @Caller() caller: Identity): Promise<Page<Report>> {
    return this.reports.page(query, caller);
  }

  @Get(':id')
  @Access('reports:read', { bound: true })
  @Answers(Report, { description: 'An uploaded report: what was read of it, and what it opened and closed' })
  read(@Param('id') id: string, @Caller() caller: Identity): Promise<Report> {
    return this.reports.read(id, caller);
  }

  @Post(':id/confirm')
  @Access('findings:write')
  @Answers(Report, { status: 202, description: 'Agrees to what a parked report closes' })
  confirm(@Param('id') id: string, @Caller() caller: Identity): Promise<Report> {
    return this.confirmation.confirm(id, caller);
  }

  @Delete(':id')
  @Access('reports:write')
  @Answers(undefined, { description: 'Not possible, and says why' })
  async remove(@Param('id') id: string, @Caller() caller: Identity): Promise<never> {
    await this.reports.read(id, caller);
    const why = 'decisions lean on a report: send a complete one over the same scope to close what it opened';
    throw new Problem(409, 'not_removable', `a report is not removed: ${why}`);
  }
}
