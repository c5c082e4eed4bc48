import { Controller, Get, Param, Query } from '@nestjs/common';
import { OutboxMessage, OutboxQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { OutboxList } from './outbox-list.ts';

@Controller('api/v1/outbox')
export class OutboxController {
  constructor(private readonly outbox: OutboxList) {}

  @Get()
  @Access('notifications:read')
  @Answers(OutboxMessage, { list: true, description: 'Messages that stay here because nothing is set up to send them.' })
  all(@Query() query: OutboxQuery, @Caller() caller: Identity): Promise<Page<OutboxMessage>> {
    return this.outbox.list(caller, query);
  }

  @Get(':id')
  @Access('notifications:read')
  @Answers(OutboxMessage)
  one(@Param('id') id: string, @Caller() caller: Identity): Promise<OutboxMessage> {
    return this.outbox.one(caller, id);
  }
}
