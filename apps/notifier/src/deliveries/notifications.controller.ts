import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Notification, NotificationQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { NotificationList } from './notification-list.ts';
import { Resending } from './resending.ts';

@Controller('api/v1/notifications')
export class NotificationsController {
  constructor(
    private readonly list: NotificationList,
    private readonly resending: Resending,
  ) {}

  @Get()
  @Access('notifications:read')
  @Answers(Notification, { list: true, description: 'Every message to every channel, with its attempts.' })
  all(@Query() query: NotificationQuery, @Caller() caller: Identity): Promise<Page<Notification>> {
    return this.list.list(caller, query);
  }

  @Get(':id')
  @Access('notifications:read')
  @Answers(Notification)
  one(@Param('id') id: string, @Caller() caller: Identity): Promise<Notification> {
    return this.list.one(caller, id);
  }

  @Post(':id/resend')
  @Access('notifications:write')
  @Answers(Notification, { status: 202, description: 'Tries at once what is still tried, and sends again what ended.' })
  async resend(@Param('id') id: string, @Caller() caller: Identity): Promise<Notification> {
    const known = await this.list.one(caller, id);
    return this.list.one(caller, await this.resending.resend(known.id));
  }
}
