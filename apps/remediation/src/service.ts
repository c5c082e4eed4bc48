import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { RemediationConfig } from './config.ts';
import { proposalsMigrations } from './proposals/migrations.ts';
import { RemediationModule } from './remediation.module.ts';

/** Proposals that end findings, with the exact edit. */
export default {
  name: 'remediation',
  config: RemediationConfig,
  module: RemediationModule,
  migrations: [...messagingMigrations, ...proposalsMigrations],
} satisfies ServiceDefinition<RemediationConfig>;
