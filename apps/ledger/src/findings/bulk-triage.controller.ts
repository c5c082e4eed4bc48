import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { BulkTriage, BulkTriageAnswer, BulkTriageEntry, BulkTriageUndone, DryRunQuery, PageQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { BulkTriages } from './bulk-triage.ts';

/** There is no delete: who said what about which findings is part of their history. */
@Controller('api/v1/findings/bulk')
export class BulkTriageController {
  constructor(private readonly bulk: BulkTriages) {}

  @Post()
  @HttpCode(200)
  @Access('findings:write')
  @Answers(BulkTriageAnswer, {
    status: 200,
    description: 'Triages all that a filter finds, all of them or none; `dryRun=true` says how many. It can be taken back for a day',
  })
  change(@Body() wanted: BulkTriage, @Query() { dryRun }: DryRunQuery, @Caller() caller: Identity): Promise<BulkTriageAnswer> {
    return dryRun === 'true' ? this.bulk.preview(wanted, caller) : this.bulk.change(wanted, caller);
  }

  @Get()
  @Access('findings:read')
  @Answers(BulkTriageEntry, {
    list: true,
    description: 'What the caller did to many findings at once, newest first; of all people for who sees all',
  })
  list(@Query() query: PageQuery, @Caller() caller: Identity): Promise<Page<BulkTriageEntry>> {
    return this.bulk.page(query, caller);
  }

  @Get(':id')
  @Access('findings:read')
  @Answers(BulkTriageEntry, { description: 'One of them' })
  read(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: Identity): Promise<BulkTriageEntry> {
    return this.bulk.read(id, caller);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Access('findings:write')
  @Answers(BulkTriageUndone, { status: 200, description: 'Puts back what was before; what somebody changed since then stays as it is' })
  undo(@Param('id', ParseUUIDPipe) id: string, @Caller() caller: Identity): Promise<BulkTriageUndone> {
    return this.bulk.undo(id, caller);
  }
}
