import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { WebhookDelivery, WebhookDeliveryDetail, WebhookDeliveryQuery, WebhookReceipt, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { Deliveries } from './deliveries.ts';
import { Replay } from './replay.ts';

/** Deliveries are evidence of what was said: they end after thirty days, nobody deletes one. */
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly replays: Replay,
  ) {}

  @Get()
  @Access('deliveries:read')
  @Answers(WebhookDelivery, { list: true })
  list(@Query() query: WebhookDeliveryQuery, @Caller() caller: Identity): Promise<Page<WebhookDelivery>> {
    return this.deliveries.list(query, caller);
  }

  @Get(':id')
  @Access('deliveries:read')
  @Answers(WebhookDeliveryDetail)
  read(@Param('id') id: string, @Caller() caller: Identity): Promise<WebhookDeliveryDetail> {
    return this.deliveries.read(id, caller);
  }

  @Post(':id/replay')
  @Access('deliveries:write')
  @Answers(WebhookReceipt, { status: 202, description: 'Read again by what is known today; the same facts change nothing.' })
  replay(@Param('id') id: string, @Caller() caller: Identity): Promise<WebhookReceipt> {
    return this.replays.replay(id, caller);
  }
}
