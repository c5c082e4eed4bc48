import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { ServiceName } from '@throughline/contracts';
import { FACT_TRANSPORT } from '@throughline/service';
import { Backlog } from './backlog.ts';
import { Partitions } from './database/partitions.ts';
import { Retention } from './database/retention.ts';
import { Wakeups } from './database/wakeups.ts';
import { FactConsumers } from './facts/fact-consumer.ts';
import { FactRunner } from './facts/fact-runner.ts';
import { FactTransport } from './facts/fact-transport.ts';
import { Intake } from './facts/intake.ts';
import { HeldRecordDrain } from './held-records/held-record-drain.ts';
import { HeldRecordList } from './held-records/held-record-list.ts';
import { HeldRecordRows } from './held-records/held-record-rows.ts';
import { HeldRecordOrders } from './held-records/held-record-orders.ts';
import { heldRecordsController, HeldRecordsSummaryController } from './held-records/held-records.controller.ts';
import { Inbox } from './inbox/inbox.ts';
import { KafkaConnection } from './kafka/kafka-connection.ts';
import { Measures } from './measures.ts';
import { FactSender } from './outbox/fact-sender.ts';
import { Outbox } from './outbox/outbox.ts';
import { OutboxRelay } from './outbox/outbox-relay.ts';
import { RefusedFacts } from './outbox/refused-facts.ts';
import { ConsumersReady, RelayReady } from './readiness.ts';
import { RepositoryRemovals } from './removals/repository-removals.ts';
import { WorkQueue } from './work/work-queue.ts';
import { WorkRows } from './work/work-rows.ts';
import { Workers } from './work/workers.ts';

const facts: Provider[] = [
  KafkaConnection,
  FactRunner,
  Intake,
  FactConsumers,
  FactTransport,
  { provide: FACT_TRANSPORT, useExisting: FactTransport },
  ConsumersReady,
];
const outbox: Provider[] = [Outbox, FactSender, RefusedFacts, OutboxRelay, RelayReady];
const heldRecords: Provider[] = [HeldRecordRows, HeldRecordDrain, HeldRecordList, HeldRecordOrders];
const work: Provider[] = [WorkRows, Workers, WorkQueue];

/** Facts in and out, and work: imported once, by the root module of a service that has `messagingMigrations`. */
@Module({})
export class MessagingModule {
  static forService(service: ServiceName): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      controllers: [heldRecordsController(service), HeldRecordsSummaryController],
      providers: [
        Measures,
        Backlog,
        Wakeups,
        Partitions,
        Retention,
        RepositoryRemovals,
        Inbox,
        ...facts,
        ...outbox,
        ...heldRecords,
        ...work,
      ],
      exports: [Outbox, Inbox, RepositoryRemovals, WorkQueue, Partitions, Retention],
    };
  }
}
