import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.ts';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { DirectoryModule } from '../directory/directory.module.ts';
import { AlertsModule } from '../alerts/alerts.module.ts';
import { ChangeComments } from './change-comments.ts';
import { CommandAnswers } from './command-answers.ts';
import { CommitStatuses } from './commit-statuses.ts';
import { ContestedStatuses } from './contested-statuses.ts';
import { ProgressRows } from './progress-rows.ts';
import { ScanProgressWatch } from './scan-progress-watch.ts';
import { StatusesHandler } from './statuses.handler.ts';
import { ToldChangeRequestsController } from './told-change-requests.controller.ts';

@Module({
  imports: [AlertsModule, DirectoryModule, ChannelsModule, DeliveriesModule],
  controllers: [StatusesHandler, ToldChangeRequestsController],
  providers: [ChangeComments, CommandAnswers, CommitStatuses, ContestedStatuses, ProgressRows, ScanProgressWatch],
  exports: [CommitStatuses],
})
export class StatusesModule {}
