import { messagingMigrations } from '@throughline/messaging';
import { ServiceConfig, type ServiceDefinition } from '@throughline/service';
import { proposalsMigrations } from './proposals/migrations.ts';
import { RemediationModule } from './remediation.module.ts';

/** Proposals that end findings, with the exact edit. */
export default {
  name: 'remediation',
  config: ServiceConfig,
  module: RemediationModule,
  migrations: [...messagingMigrations, ...proposalsMigrations],
} satisfies ServiceDefinition;
