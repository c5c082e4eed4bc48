import type { Readable } from 'node:stream';
import { Controller, Delete, Get, Headers, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { make, MappingPreview, ReportMapping, ReportMappingDetail, type Page } from '@throughline/contracts';
import {
  Access,
  Answers,
  BodyStream,
  Caller,
  decodeCursor,
  defaultLimit,
  entityTag,
  pageOf,
  PageQuery,
  Problem,
  type Identity,
  type ServiceRequest,
} from '@throughline/service';
import type { FastifyReply } from 'fastify';
import type { MappingRow } from './mapping-rows.ts';
import { MappingTrial, mostTried } from './mapping-trial.ts';
import { Mappings } from './mappings.ts';

@Controller('api/v1/report-mappings')
export class MappingsController {
  constructor(
    private readonly mappings: Mappings,
    private readonly trial: MappingTrial,
  ) {}

  @Get()
  @Access('reports:read')
  @Answers(ReportMapping, { list: true, description: 'Formats of reports that this installation declares, by name' })
  async list(@Query() query: PageQuery): Promise<Page<ReportMapping>> {
    const limit = query.limit ?? defaultLimit;
    const after = String(decodeCursor(query.cursor, 1)?.[0] ?? '');
    const { items, next } = pageOf(await this.mappings.page(after, limit + 1), limit, ({ name }) => [name]);
    return { items: items.map((row) => make(ReportMapping, this.shown(row))), next };
  }

  @Get(':name')
  @Access('reports:read')
  @Answers(ReportMappingDetail, { description: 'A mapping with its text' })
  async read(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ReportMappingDetail> {
    return this.detail(await this.mappings.read(name), reply);
  }

  @Put(':name')
  @Access('reports:write')
  @Answers(ReportMappingDetail, {
    description:
      'Saves a mapping (YAML or JSON); the next upload is read by it. Every flaw is told with its line (422). One that exists needs If-Match',
    consumes: ['application/yaml', 'application/json'],
  })
  async save(
    @Param('name') name: string,
    @Req() request: ServiceRequest,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReportMappingDetail> {
    const body = request.rawBody;
    if (!body || body.length === 0) throw new Problem(400, 'bad_request', 'send the mapping as the body, YAML or JSON');
    return this.detail(await this.mappings.save(name, body.toString('utf8'), caller, ifMatch), reply);
  }

  @Delete(':name')
  @Access('reports:write')
  @Answers(undefined, { status: 204, description: 'No further report is read by it; what was read stays. Needs If-Match' })
  async remove(@Param('name') name: string, @Caller() caller: Identity, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.mappings.remove(name, caller, ifMatch);
  }

  @Post(':name/try')
  @Access('reports:write')
  @Answers(MappingPreview, {
    status: 200,
    description: 'What a saved mapping makes of a report (at most 1 MiB); nothing is kept',
    consumes: [
      'application/json',
      'application/x-ndjson',
      'application/xml',
      'text/csv',
      'text/plain',
      'application/gzip',
      'application/octet-stream',
    ],
    streams: mostTried,
  })
  run(@Param('name') name: string, @BodyStream() body: Readable | undefined): Promise<MappingPreview> {
    return this.trial.run(name, body);
  }

  private shown(row: MappingRow): ReportMapping {
    const { name, title, finds, version, by, at } = row;
    return { name, title, finds: [...finds], version, savedBy: by, savedAt: at.toISOString(), usable: this.mappings.isUsable(row) };
  }

  private detail(row: MappingRow, reply: FastifyReply): ReportMappingDetail {
    void reply.header('etag', entityTag(row.version));
    return make(ReportMappingDetail, { ...this.shown(row), source: row.source });
  }
}
