import { Controller, Get, HttpCode, Param, Post, Query, type Type } from '@nestjs/common';
import { HeldRecordAnswer, HeldRecordDetail, HeldRecordQuery, type Page, type ServiceName } from '@throughline/contracts';
import { Access, Answers, Caller, Log, type Identity } from '@throughline/service';
import { HeldRecordList } from './held-record-list.ts';

/** The controller of a service's held records; each service answers for its own under one path. */
export function heldRecordsController(service: ServiceName): Type {
  @Controller(`api/v1/held-records/${service}`)
  class HeldRecordsController {
    constructor(
      private readonly records: HeldRecordList,
      private readonly log: Log,
    ) {}

    @Get()
    @Access('held-records:read')
    @Answers(HeldRecordAnswer, { list: true, description: `What ${service} could not handle, newest first` })
    list(@Query() query: HeldRecordQuery, @Caller() caller: Identity): Promise<Page<HeldRecordAnswer>> {
      return this.records.page(query, caller);
    }

    @Get(':id')
    @Access('held-records:read')
    @Answers(HeldRecordDetail)
    read(@Param('id') id: string, @Caller() caller: Identity): Promise<HeldRecordDetail> {
      return this.records.detail(id, caller);
    }

    @Post(':id/replay')
    @HttpCode(202)
    @Access('held-records:write')
    @Answers(undefined, { status: 202, description: 'The record is handled anew' })
    async replay(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
      await this.records.replay(id, caller);
      this.log.info({ heldRecord: id, by: caller.id }, 'a held record is replayed');
    }

    @Post(':id/discard')
    @HttpCode(204)
    @Access('held-records:write')
    @Answers(undefined, { status: 204, description: 'The record is forgotten' })
    async discard(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
      await this.records.discard(id, caller);
      this.log.warn({ heldRecord: id, by: caller.id }, 'a held record is discarded');
    }
  }
  return HeldRecordsController;
}
