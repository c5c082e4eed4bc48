import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query, Req } from '@nestjs/common';
import {
  HeldRecordAnswer,
  HeldRecordQuery,
  HeldRecordReplay,
  HeldRecordsQuery,
  HeldRecordsReplayed,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, type ServiceRequest } from '@throughline/service';
import { HeldRecords } from './held-records.ts';

/** What could not be handled, over all services. */
@Controller('api/v1/held-records')
export class HeldRecordsOfAllController {
  constructor(private readonly records: HeldRecords) {}

  @Get()
  @Access('held-records:read')
  @Answers(HeldRecordAnswer, { list: true, description: 'What the services could not handle, service by service, newest first' })
  list(@Query() query: HeldRecordQuery, @Req() request: ServiceRequest): Promise<Page<HeldRecordAnswer>> {
    return this.records.page(request, query);
  }

  @Post(':id/replay')
  @Access('held-records:write')
  @Answers(undefined, { status: 202, description: 'The record is handled anew, with a corrected value when one is sent' })
  async replay(@Param('id', ParseUUIDPipe) id: string, @Body() body: HeldRecordReplay, @Req() request: ServiceRequest): Promise<void> {
    await this.records.order(request, id, 'replay', body);
  }

  @Post('replays')
  @Access('held-records:write')
  @Answers(HeldRecordsReplayed, { status: 202, description: 'All that any service gave up are handled anew, a thousand of each at a time' })
  replayAll(@Query() query: HeldRecordsQuery, @Req() request: ServiceRequest): Promise<HeldRecordsReplayed> {
    return this.records.replayAll(request, query);
  }

  @Post(':id/discard')
  @Access('held-records:write')
  @Answers(undefined, { status: 204, description: 'The record is forgotten' })
  async discard(@Param('id', ParseUUIDPipe) id: string, @Req() request: ServiceRequest): Promise<void> {
    await this.records.order(request, id, 'discard');
  }
}
