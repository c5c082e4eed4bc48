import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { AlertsModule } from './alerts/alerts.module.ts';
import { ChannelsModule } from './channels/channels.module.ts';
import { DeliveriesModule } from './deliveries/deliveries.module.ts';
import { DirectoryModule } from './directory/directory.module.ts';
import { ExceptionsModule } from './exceptions/exceptions.module.ts';
import { RoutesModule } from './routes/routes.module.ts';
import { ReleasesModule } from './releases/releases.module.ts';
import { StatusesModule } from './statuses/statuses.module.ts';

@Module({
  imports: [
    MessagingModule.forService('notifier'),
    DirectoryModule,
    ChannelsModule,
    RoutesModule,
    DeliveriesModule,
    AlertsModule,
    ExceptionsModule,
    StatusesModule,
    ReleasesModule,
  ],
})
export class NotifierModule {}
