import { Body, Controller, Get, HttpCode, Param, Post, Query, type Type } from '@nestjs/common';
import {
  HeldRecordAnswer,
  HeldRecordDetail,
  HeldRecordQuery,
  HeldRecordReplay,
  HeldRecordsQuery,
  HeldRecordsReplayed,
  HeldRecordsSummary,
  sha256,
  type Page,
  type ServiceName,
} from '@throughline/contracts';
import { Access, Answers, Caller, Internal, Log, type Identity } from '@throughline/service';
import { HeldRecordList } from './held-record-list.ts';
import { HeldRecordOrders } from './held-record-orders.ts';

/** The controller of a service's held records; each service answers for its own under one path. */
export function heldRecordsController(service: ServiceName): Type {
  @Controller(`api/v1/held-records/${service}`)
  class HeldRecordsController {
    constructor(
      private readonly records: HeldRecordList,
      private readonly orders: HeldRecordOrders,
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

    @Post('replays')
    @HttpCode(202)
    @Access('held-records:write')
    @Answers(HeldRecordsReplayed, { status: 202, description: 'All that were given up are handled anew, a thousand at a time' })
    async replayAll(@Query() query: HeldRecordsQuery, @Caller() caller: Identity): Promise<HeldRecordsReplayed> {
      const replayed = await this.orders.replayAll(caller, query.consumer, query.dryRun === 'true');
      if (query.dryRun !== 'true') this.log.info({ ...query, records: replayed.records, by: caller.id }, 'held records are replayed');
      return replayed;
    }

    @Post(':id/replay')
    @HttpCode(202)
    @Access('held-records:write')
    @Answers(undefined, { status: 202, description: 'The record is handled anew, with a corrected value when one is sent' })
    async replay(@Param('id') id: string, @Body() { value }: HeldRecordReplay, @Caller() caller: Identity): Promise<void> {
      await this.orders.replay(id, caller, value);
      const corrected = value === undefined ? undefined : sha256(value);
      this.log.info({ heldRecord: id, by: caller.id, corrected }, 'a held record is replayed');
    }

    @Post(':id/discard')
    @HttpCode(204)
    @Access('held-records:write')
    @Answers(undefined, { status: 204, description: 'The record is forgotten' })
    async discard(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
      await this.orders.discard(id, caller);
      this.log.warn({ heldRecord: id, by: caller.id }, 'a held record is discarded');
    }
  }
  return HeldRecordsController;
}

/** For the notifier, which tells people. */
@Controller('internal/held-records')
export class HeldRecordsSummaryController {
  constructor(private readonly records: HeldRecordList) {}

  @Get()
  @Internal('notifier')
  @Answers(HeldRecordsSummary)
  summary(): Promise<HeldRecordsSummary> {
    return this.records.summary();
  }
}
