import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.ts';
import { OutboundModule } from '@throughline/service';
import { Alarms } from './alarms.ts';
import { ChannelsController } from './channels.controller.ts';
import { Conversations } from './conversations.ts';
import { Courier } from './courier.ts';
import { DeliveryMetrics } from './delivery-metrics.ts';
import { DeliveryRows } from './delivery-rows.ts';
import { NotificationList } from './notification-list.ts';
import { NotificationsController } from './notifications.controller.ts';
import { OutboxList } from './outbox-list.ts';
import { OutboxController } from './outbox.controller.ts';
import { Resending } from './resending.ts';
import { Sender } from './sender.ts';

@Module({
  imports: [ChannelsModule, OutboundModule],
  controllers: [ChannelsController, NotificationsController, OutboxController],
  providers: [Alarms, Conversations, Courier, DeliveryMetrics, DeliveryRows, NotificationList, OutboxList, Resending, Sender],
  exports: [Conversations],
})
export class DeliveriesModule {}
