import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.ts';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { ChangeComments } from './change-comments.ts';
import { CommitStatuses } from './commit-statuses.ts';
import { StatusesHandler } from './statuses.handler.ts';

@Module({
  imports: [DirectoryModule, ChannelsModule, DeliveriesModule],
  controllers: [StatusesHandler],
  providers: [ChangeComments, CommitStatuses],
})
export class StatusesModule {}
