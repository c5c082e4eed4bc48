import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import {
  alertsMigrations,
  directPushesMigrations,
  mergedHeadsMigrations,
  mergesMigrations,
  retentionMigrations,
} from './alerts/migrations.ts';
import { channelsMigrations } from './channels/migrations.ts';
import { NotifierConfig } from './config.ts';
import { deliveriesMigrations } from './deliveries/migrations.ts';
import { directoryMigrations } from './directory/migrations.ts';
import { exceptionsMigrations } from './exceptions/migrations.ts';
import { NotifierModule } from './notifier.module.ts';
import { releasesMigrations } from './releases/migrations.ts';
import { routesMigrations } from './routes/migrations.ts';
import { progressMigrations, statusesMigrations, waitsMigrations } from './statuses/migrations.ts';

/** The right people, once. */
export default {
  name: 'notifier',
  config: NotifierConfig,
  module: NotifierModule,
  migrations: [
    ...messagingMigrations,
    ...directoryMigrations,
    ...deliveriesMigrations,
    ...channelsMigrations,
    ...routesMigrations,
    ...alertsMigrations,
    ...statusesMigrations,
    ...retentionMigrations,
    ...releasesMigrations,
    ...mergesMigrations,
    ...exceptionsMigrations,
    ...waitsMigrations,
    ...mergedHeadsMigrations,
    ...progressMigrations,
    ...directPushesMigrations,
  ],
} satisfies ServiceDefinition<NotifierConfig>;
