import { messagingMigrations } from '@throughline/messaging';
import { ServiceConfig, type ServiceDefinition } from '@throughline/service';
import { auditMigrations } from './audit/migrations.ts';
import { ChainModule } from './chain.module.ts';
import { factsMigrations } from './facts/migrations.ts';

/** What happened and why: append only. */
export default {
  name: 'chain',
  config: ServiceConfig,
  module: ChainModule,
  migrations: [...messagingMigrations, ...factsMigrations, ...auditMigrations],
} satisfies ServiceDefinition;
