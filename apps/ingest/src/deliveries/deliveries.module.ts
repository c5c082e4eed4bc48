import { Module, type OnModuleInit } from '@nestjs/common';
import { Partitions } from '@throughline/messaging';
import { RepositoriesModule } from '../repositories/repositories.module.ts';
import { CommandDeliveries } from '../commands/command-deliveries.ts';
import { CommandOrders } from '../commands/command-orders.ts';
import { CommandRuns } from '../commands/command-runs.ts';
import { DeliveryRetention } from '../retention/delivery-retention.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { Candidates } from './candidates.ts';
import { DeliveriesController } from './deliveries.controller.ts';
import { Deliveries } from './deliveries.ts';
import { DeliveryBodies } from './delivery-bodies.ts';
import { DeliveryRemoval } from './delivery-removal.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import { HooksController } from './hooks.controller.ts';
import { Intake } from './intake.ts';
import { Readings } from './reading/readings.ts';
import { RefusedDeliveries } from './refused-deliveries.ts';
import { PushChecks } from './push-checks.ts';
import { Replay } from './replay.ts';
import { Republication } from './republication.ts';
import { Rereading } from './rereading.ts';
import { SignedRequests } from './signed-requests.ts';
import { ToldNames } from './told-names.ts';

@Module({
  imports: [SourcesModule, RepositoriesModule],
  controllers: [HooksController, DeliveriesController],
  providers: [
    Intake,
    SignedRequests,
    Candidates,
    Readings,
    DeliveryBodies,
    DeliveryQueue,
    DeliveryRemoval,
    DeliveryWriter,
    RefusedDeliveries,
    Deliveries,
    Replay,
    Rereading,
    ToldNames,
    Republication,
    PushChecks,
    CommandDeliveries,
    CommandOrders,
    CommandRuns,
    DeliveryRetention,
  ],
  exports: [DeliveryRemoval],
})
export class DeliveriesModule implements OnModuleInit {
  constructor(private readonly partitions: Partitions) {}

  onModuleInit(): void {
    this.partitions.maintain('delivery');
  }
}
